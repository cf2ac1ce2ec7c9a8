"""``otscore norms build`` and ``otscore norms fit``: from the data of a sample to a norm pack."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otscore.codes import Domain
from otscore.commands.fit_options import as_options
from otscore.errors import Issue, UsageError
from otscore.version import __version__

if TYPE_CHECKING:
    from otscore.norming.build.build import Built


SHOWN = 3
"""Warnings of one rule that are written out; the others are counted."""


def add_actions(actions: Any) -> None:
    """Add the two actions to the parser of ``otscore norms``."""
    _add_build(actions)
    _add_fit(actions)


def _add_build(actions: Any) -> None:
    parser = actions.add_parser("build", help="a norm pack from a recipe and the data of a sample")
    parser.add_argument("recipes", nargs="+", metavar="RECIPE.toml", help="the recipe, or several; one that lies in a pack already builds that pack anew")
    told = "the data, where they are not where the recipe says; for derived tables and domains the folder of raw data (default: OTSCORE_REFERENCE)"
    parser.add_argument("--data", metavar="PATH", help=told)
    parser.add_argument("--out", metavar="DIR", help="the directory of packs: the pack becomes DIR/INSTRUMENT/EDITION (default: beside the recipe)")
    parser.add_argument("--check", action="store_true", help="write nothing: build anew, and say in which cells the pack that is there is another")
    parser.set_defaults(run=run_build)


def _add_fit(actions: Any) -> None:
    parser = actions.add_parser("fit", help="a recipe and a private norm pack from a sample of one's own")
    parser.add_argument("sample", metavar="SAMPLE.csv", help="a CSV file with a row for each child")
    parser.add_argument("--raw", required=True, metavar="COLUMN", help="the column of raw scores")
    parser.add_argument("--age", required=True, metavar="COLUMN", help="the column of ages")
    parser.add_argument("--id", required=True, metavar="NAME", help="name of the instrument")
    parser.add_argument("--range", required=True, metavar="LOW:HIGH", help="lowest and highest raw score that can occur, whatever the sample has")
    parser.add_argument("--out", required=True, metavar="DIR", help="the directory of packs: the pack becomes DIR/NAME/EDITION")
    parser.add_argument("--edition", default="1", help="name of the edition (default: 1)")
    parser.add_argument("--scale", default="", metavar="ID", help="name of the scale (default: that of the column)")
    domains = [domain.value for domain in Domain]
    parser.add_argument("--domain", default="general", choices=domains, metavar="DOMAIN", help="its domain, for example fine_motor (default: general)")
    parser.add_argument("--age-unit", choices=("years", "months", "days"), default="", help="unit of the ages, where the name of the column does not say it")
    parser.add_argument("--ages", metavar="FROM:BELOW", help="ages that are scored (default: those that the sample fills)")
    parser.add_argument("--band", type=float, metavar="WIDTH", help="width of the age bands (default: half a year, a year for completed years)")
    parser.add_argument("--model", default="taylor", help="model of the norms (default: taylor; see the page From a sample to a norm pack)")
    parser.add_argument("--metric", default="t", help="metric of the scores (default: t)")
    parser.add_argument("--sex", metavar="COLUMN", help="norms by sex: the column that holds it")
    parser.add_argument("--sex-values", default="", metavar="VALUE=CELL", help="how that column writes them, such as male=Junge,female=Mädchen")
    parser.add_argument("--weight", metavar="COLUMN", help="the column of weights")
    parser.add_argument("--group", metavar="COLUMN", help="the column of age groups within which children are ranked (default: the age bands)")
    parser.add_argument("--child", metavar="COLUMN", help="the column of identifiers: a child that stands there twice is refused")
    parser.add_argument("--missing", default="", metavar="CODES", help="cells that mean no value in any column, separated by commas; empty ones and NA do")
    parser.add_argument("--missing-raw", default="", metavar="CODES", help="further cells that mean no raw score, such as 99 where an age may be 99 months")
    parser.add_argument("--decimal", choices=("point", "comma"), default="", help="the decimal mark of the numbers (default: as the file has it)")
    parser.add_argument("--reliability", type=float, metavar="R", help="reliability of the score; without one no interval is printed")
    parser.add_argument("--measurement", action="store_true", help="raw scores are measurements, not whole numbers")
    parser.add_argument("--less-able", action="store_true", help="a higher raw score is less able: errors, symptoms, seconds")
    parser.add_argument("--label", default="", metavar="TEXT", help="who the children are, where and when they were tested")
    parser.add_argument("--date", default="", metavar="DAY", help="the day that is written into the recipe (default: today)")
    parser.add_argument("--replace", action="store_true", help="write over a pack that was built from another recipe")
    parser.set_defaults(run=run_fit)


def run_build(chosen: argparse.Namespace) -> int:
    """Build each pack and check it, or compare it with the one that is there: then 1 where one is another."""
    from otscore.norming.build.recipe import read_document

    data, out = chosen.data and Path(chosen.data), chosen.out and Path(chosen.out)
    codes = []
    for recipe in map(Path, chosen.recipes):
        document, _ = read_document(recipe)
        run = _run_derived if document.get("kind") == "derived_tables" else _run_pack
        codes.append(run(recipe, document, data, out, chosen.check))
    return max(codes)


def _run_pack(recipe: Path, document: dict[str, Any], data: Path | None, out: Path | None, check: bool) -> int:
    """Build a whole pack, and write or compare it."""
    from otscore.norming.build.build import build, compare, write

    if check:
        built, found = compare(recipe, data, out, __version__, _say)
        return _compared(found, built.directory, len(built.files))
    built = build(recipe, data, out, __version__, _say)
    write(built)
    return _told(built)


def _run_derived(recipe: Path, document: dict[str, Any], data: Path | None, out: Path | None, check: bool) -> int:
    """Compute the tables of a pack that are derived, and write or compare them."""
    from otscore.norming.build.derived.build import derive

    if out:
        raise UsageError(Issue("option_unused", "--out does not go with a recipe of derived tables", "They are those of the pack it lies in", str(recipe)))
    derived = derive(document, recipe, data, _say)
    if check:
        return _compared(derived.differences(), derived.directory, len(derived.files))
    derived.write()
    print(*(f"{derived.directory.as_posix()}/{name}" for name in derived.files), sep="\n")
    return _checked(derived.directory)


def _compared(found: list[str], directory: Path, files: int) -> int:
    """Say in what a pack is another; 1 where it is."""
    print(*found, sep="\n", end="\n" if found else "")
    told = f"{len(found)} difference{'s' if len(found) > 1 else ''}" if found else f"the same, {files} file{'s' if files > 1 else ''}"
    print(f"{directory.as_posix()}: {told}", file=sys.stderr)
    return 1 if found else 0


def run_fit(chosen: argparse.Namespace) -> int:
    """Make a recipe of the options, build the pack and check it."""
    from otscore.norming.build.build import carry_out, keep, write
    from otscore.norming.build.quick import LICENCE_TEXT, Asked, quick_recipe

    sample, directory = Path(chosen.sample), Path(chosen.out) / chosen.id / chosen.edition
    asked = Asked(
        sample, chosen.raw, chosen.age, chosen.id, _pair(chosen.range, "--range"), chosen.date or date.today().isoformat(), chosen.edition, chosen.scale,
        chosen.domain, chosen.age_unit, _pair(chosen.ages, "--ages") if chosen.ages else None, chosen.band, chosen.model, chosen.metric, chosen.sex,
        _named(chosen.sex_values), chosen.weight, chosen.group, chosen.child, _codes(chosen.missing), _codes(chosen.missing_raw), chosen.decimal,
        chosen.reliability, chosen.measurement, chosen.less_able, chosen.label,
    )  # fmt: skip
    with as_options():
        recipe, text = quick_recipe(asked, directory)
        if not chosen.replace:
            keep(directory, text)
        built = carry_out(recipe, text, LICENCE_TEXT, sample, directory, __version__, _say)
        write(built)
    return _told(built)


def _told(built: Built) -> int:
    """Say what was built and what the checker finds; 1 where that is an error."""
    for remark in built.remarks:
        print(remark)
    return _checked(built.directory, f"{len(built.files)} files in {built.directory.as_posix()}; ", _of_a_model)


def _checked(directory: Path, told: str = "", worded: Callable[[Issue], Issue] = lambda issue: issue) -> int:
    """Say what the checker finds, in these words; 1 where that is an error."""
    from otscore.check import check_directory, is_error, pack_summary

    issues = [worded(issue) for issue in check_directory(directory)]
    for code in dict.fromkeys(issue.code for issue in issues):
        mine = [issue for issue in issues if issue.code == code]
        shown = mine[:SHOWN] if not is_error(mine[0]) else mine
        print(*(f"{issue} [{code}]" for issue in shown), sep="\n")
        if len(shown) < len(mine):
            print(f"and {len(mine) - len(shown)} more: otscore norms check {directory.as_posix()} [{code}]")
    print(f"{directory.parent.name}@{directory.name}: {told}{pack_summary(issues)}")
    return 1 if any(map(is_error, issues)) else 0


def _of_a_model(issue: Issue) -> Issue:
    """The issue for a table that no one has typed: its cells are not looked up, and are as the model gives them."""
    if "Look it up in the source" not in issue.hint:
        return issue
    return replace(issue, hint="That is what the model gives: does it fit there? The report tells, and another model may do better")


def _pair(text: str, option: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise UsageError(Issue("pair", f"{option} {text}: no LOW:HIGH", "Write two numbers with : between them, such as 0:30")) from None
    return low, high


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (code.strip() for code in text.split(","))))


def _named(text: str) -> tuple[tuple[str, str], ...]:
    """(cell, value) of a text such as male=Junge,female=Mädchen."""
    pairs = [code.partition("=") for code in _codes(text)]
    if any(not (value and cell) for value, _, cell in pairs):
        raise UsageError(Issue("sex_values", f"--sex-values {text}: no VALUE=CELL", "Write both, such as male=1,female=2"))
    return tuple((cell.strip(), value.strip()) for value, _, cell in pairs)


def _say(text: str) -> None:
    """What is being done, on a terminal only."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)
