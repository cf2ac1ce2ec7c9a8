"""``otscore norms import`` and ``otscore norms new``: printed tables into a pack, and a pack to begin with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from otscore.errors import Issue, UsageError

LAYOUTS = ("long", "sheets", "ranges", "frame")
LAYOUT_HELP = (
    "long: a row for each score; sheets: raw scores down the side, scores in the cells, a sheet for each age band (scales across) or each scale "
    "(age bands across); ranges: scores down the side, raw ranges in the cells; frame: sex, age_min, age_max, raw, score"
)
UNITS = ("months", "years", "weeks", "days")


def add_actions(actions: Any) -> None:
    """Add the two actions to the parser of ``otscore norms``."""
    _add_import(actions)
    _add_new(actions)


def _add_import(actions: Any) -> None:
    parser = actions.add_parser("import", help="a printed table, as CSV or Excel, into tables/ of a pack")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a .csv, .tsv, .xlsx, .xls or .ods file; of a workbook every sheet that is not hidden")
    parser.add_argument("--layout", required=True, choices=LAYOUTS, help=LAYOUT_HELP)
    parser.add_argument("--into", required=True, metavar="PACKDIR", help="the edition: the directory that holds pack.toml")
    parser.add_argument("--table", default="scores.csv", metavar="NAME", help="the table to write (default: scores.csv)")
    parser.add_argument("--columns", nargs="+", action="extend", default=[], metavar="ROLE=HEADING", help="what a column holds; ignore=HEADING leaves it aside")
    parser.add_argument("--scale-names", nargs="+", action="extend", default=[], metavar="NAME=ID", help="the scale that a name in the table stands for")
    parser.add_argument("--scale", default="", metavar="ID", help="the scale of a table that does not say it")
    parser.add_argument("--only", nargs="+", action="extend", default=[], metavar="COLUMN=VALUE", help="only the rows with this value, for example form=A")
    parser.add_argument("--sheet", action="append", default=[], metavar="SHEET", help="a sheet of the workbook, may be repeated")
    ages = "the age band of a sheet or file, or of every one (BAND alone); none: it holds for every age"
    parser.add_argument("--ages", action="append", default=[], metavar="[SHEET=]BAND", help=ages)
    parser.add_argument("--age-unit", choices=UNITS, help="unit of ages that are written without one")
    parser.add_argument("--age-end", choices=("included", "below"), help="whether the upper end of an age band belongs to it, where its neighbours do not tell")
    parser.add_argument("--decimal", choices=("point", "comma"), help="the decimal mark, where 1,234 may be read in two ways")
    parser.add_argument("--ae-table", default="", metavar="NAME", help="write the age equivalents of a long table here, in months")
    parser.add_argument("--replace", action="store_true", help="write a table anew that is there")
    parser.set_defaults(run=run_import)


def _add_new(actions: Any) -> None:
    parser = actions.add_parser("new", help="a pack to begin with: every file, every key, the figures to be typed")
    parser.add_argument("directory", nargs="?", metavar="DIR", help="the directory to make; its name is that of the instrument")
    scale = "a scale with its domain and highest raw score (totals are entered) or its items (12x0-2); without any, questions are asked"
    parser.add_argument("--scale", action="append", default=[], metavar="ID:DOMAIN:SIZE", help=scale)
    parser.add_argument("--metric", default="scaled", help="metric of the scales (default: scaled)")
    composite = "a score made of scales, and its metric: of their derived scores, or with :raws behind it of their raw scores"
    parser.add_argument("--composite", action="append", default=[], metavar="ID=A+B:METRIC", help=composite)
    parser.add_argument("--ages", default="", metavar="BANDS", help="age bands, the upper end not included: 48:60,60:72")
    parser.add_argument("--age-unit", choices=("months", "years", "days"), default="months", help="unit of the ages (default: months)")
    parser.add_argument("--sex", action="store_true", help="the norms are by sex")
    parser.add_argument("--layout", choices=LAYOUTS, default="long", help="how the printed table is laid out, for the sheets to type into (default: long)")
    parser.add_argument("--edition", default="1", help="name of the edition (default: 1)")
    parser.add_argument("--private", action="store_true", help="the figures may not be passed on")
    template = "begin with the template of a test (see --templates): its structure, and what to check against the manual"
    parser.add_argument("--template", metavar="NAME", help=template)
    parser.add_argument("--templates", action="store_true", help="list the templates")
    parser.set_defaults(run=run_new)


def run_import(chosen: argparse.Namespace) -> int:
    """Import the tables and say what was done."""
    from otscore.norming import Told, import_norms

    told = Told(
        columns=pairs(chosen.columns, "--columns"), scale_names=pairs(chosen.scale_names, "--scale-names"), only=pairs(chosen.only, "--only"),
        scale=chosen.scale, ages={sheet: band for sheet, _, band in (_last(text) for text in chosen.ages)}, age_unit=chosen.age_unit,
        age_end=chosen.age_end, decimal=chosen.decimal, sheets=chosen.sheet, ae_table=chosen.ae_table, replace=chosen.replace,
    )  # fmt: skip
    print(import_norms(chosen.files, layout=chosen.layout, into=chosen.into, table=chosen.table, told=told))
    return 0


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE as names and values. Raises UsageError naming the option."""
    wrong = [text for text in texts if not all(text.partition("="))]
    if wrong:
        raise UsageError([Issue("pair", f"{option} {text}: no NAME=VALUE", "Write both, with = between them") for text in wrong])
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def _last(text: str) -> tuple[str, str, str]:
    """A sheet may have = in its name, a band may not, but for <= and >= at its beginning."""
    head, mark, tail = text.rpartition("=")
    return ("", "", text) if not mark or head in ("<", ">") else (head, mark, tail)


def run_new(chosen: argparse.Namespace) -> int:
    """Write a new pack, from the options or, where no scale is named, from answers to questions."""
    from otscore.commands.ask import ask_plan
    from otscore.norming import Plan, parse_ages, parse_composite, parse_scale, write_scaffold

    if chosen.templates or chosen.template:
        return _from_template(chosen)
    if not chosen.scale:
        plan = ask_plan(chosen.directory)
    else:
        if chosen.directory is None:
            raise UsageError(Issue("directory", "no directory is named", "otscore norms new DIR --scale ..."))
        plan = Plan(
            Path(chosen.directory), tuple(map(parse_scale, chosen.scale)), parse_ages(chosen.ages), chosen.metric.lower(),
            tuple(map(parse_composite, chosen.composite)), chosen.age_unit, chosen.sex, chosen.layout, chosen.edition, chosen.private,
        )  # fmt: skip
    files = write_scaffold(plan)
    for file in files:
        print(file)
    print(f"{len(files)} files written. What to do next: {plan.directory / 'README.txt'}")
    return 0


def _from_template(chosen: argparse.Namespace) -> int:
    """List the templates, or copy one."""
    from otscore.norming.templates import copy_template, templates

    if chosen.templates:
        width = max(len(template.name) for template in templates())
        print("\n".join(f"{template.name:{width}}  {template.title}" for template in templates()))
        return 0
    if chosen.scale:
        raise UsageError(Issue("template", "--template and --scale are two ways to begin", "Take one of them"))
    directory = Path(chosen.directory or chosen.template.partition("@")[0])
    files = copy_template(chosen.template, directory)
    for file in files:
        print(file)
    print(f"{len(files)} files written. What to check and to type: {directory / 'CHECKLIST.md'}")
    return 0
