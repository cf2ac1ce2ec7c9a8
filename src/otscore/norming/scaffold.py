"""A pack to begin with: every file there, every key written, the figures to be typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from otscore.errors import Issue, UsageError
from otscore.norming.entry import SEXES, empty_table, entry_sheets, tables_of
from otscore.norming.guide import guide
from otscore.norming.plan import SCORES, Plan, ScalePlan, joined
from otscore.norming.write import write_text

LICENCE = "LICENCE.txt"
FILL = "TO FILL"
"""Stands wherever only the author of the pack knows what belongs there."""
CASES = (
    "case", "age", "birth_date", "assessment_date", "sex", "responses", "scale", "raw", "ability", "sem", "score", "percentile", "band", "status",
    "tolerance", "source",
)  # fmt: skip


def scaffold(plan: Plan) -> dict[Path, str]:
    """The files of the pack: path = text."""
    edition = plan.directory / plan.edition
    files = {
        plan.directory / "instrument.toml": _instrument(plan),
        plan.directory / "items.csv": _items(plan),
        plan.directory / "README.txt": guide(plan),
        edition / "pack.toml": _manifest(plan),
        edition / "SOURCES.toml": _sources(plan),
        edition / "cases.csv": ",".join(CASES) + "\n",
    }
    for table in tables_of(plan):
        files[edition / "tables" / table.name] = empty_table(plan, table)
        folder = edition / "entry" / table.name.removesuffix(".csv")
        files |= {folder / name: text for name, text in entry_sheets(plan, table).items()}
    if plan.private:
        files[edition / LICENCE] = f"{FILL}: what the licence allows, and to whom. It is shown once when the pack is first used.\n"
        files[plan.directory / ".gitignore"] = "# Figures that may not be passed on.\n*\n"
    return files


def write_scaffold(plan: Plan) -> list[Path]:
    """Write the files of the pack; raises UsageError, and writes none, where one of them is there already."""
    files = scaffold(plan)
    if there := [file for file in files if file.exists()]:
        hint = "Name another directory or --edition; nothing is overwritten"
        raise UsageError([Issue("file_there", "the file is there already", hint, str(file)) for file in there])
    for file, text in files.items():
        write_text(file, text)
    return list(files)


def total_item(scale: ScalePlan) -> str:
    """The code under which a raw total is entered."""
    return f"{scale.id}_raw"


def item_codes(scale: ScalePlan) -> list[str]:
    """The codes of a scale's items; where totals are entered, the one of the total."""
    width = max(len(str(scale.items)), 2)
    return [f"{scale.id}_{number:0{width}d}" for number in range(1, scale.items + 1)] or [total_item(scale)]


def _options(scale: ScalePlan) -> tuple[str, range]:
    """Name and legal answers of the option set of a scale's items."""
    if scale.items:
        return f"points_{scale.points[0]}_{scale.points[1]}", range(scale.points[0], scale.points[1] + 1)
    return f"raw_0_{scale.highest}", scale.raws


def _instrument(plan: Plan) -> str:
    options = dict(map(_options, plan.scales))
    lines = [
        "schema = 1", f'id = "{plan.instrument}"', f'name = "{FILL}: title of the instrument"',
        f'summary = "{FILL}: what is asked, of whom, for which ages."', 'informants = ["examiner"]',
        f'rights = "{FILL}: who owns the instrument. Item codes only, no wording."',
    ]  # fmt: skip
    for name, legal in options.items():
        whole = [f"range = [{legal[0]}, {legal[-1]}]", "whole = true"]
        lines += ["", f"[options.{name}]", *(whole if name.startswith("raw_") else [f"legal = [{', '.join(map(str, legal))}]"])]
    for scale in plan.scales:
        comment = [] if scale.items else ["# the raw total is entered, as the answer to one item"]
        lines += ["", "[[scales]]", f'id = "{scale.id}"', f'domain = "{scale.domain}"', *comment, f"items = {joined(item_codes(scale))}", 'raw = "sum"']
    for composite in plan.composites:
        raw = "sum_of_scores" if composite.of == "scores" else "sum_of_scales"
        lines += ["", "[[scales]]", f'id = "{composite.id}"', f'domain = "{plan.domain(composite.id)}"', f"scales = {joined(composite.members)}", f'raw = "{raw}"']
    return "\n".join(lines) + "\n"


def _items(plan: Plan) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("item", "options", "domain"))
    writer.writerows((code, _options(scale)[0], scale.domain) for scale in plan.scales for code in item_codes(scale))
    return out.getvalue()


def _manifest(plan: Plan) -> str:
    private = ["# The figures may not be passed on: the pack stays on this machine."] if plan.private else []
    figures = "Not to be passed on: for the use of the licence holder only." if plan.private else f"{FILL}: licence or terms of the figures."
    strata = ["[strata.sex]", f"values = {joined(SEXES)}", f"aliases = {{ {_aliases()} }}", ""] if plan.sex else []
    return "\n".join([
        *private, "schema = 1", f'instrument = "{plan.instrument}"', f'edition = "{plan.edition}"', 'version = "1.0.0"',
        f'title = "{FILL}: one line that tells this edition from others"',
        "# template until every figure is typed; then single_source, or verified where a second, independent source agrees",
        'status = "template"', 'kind = "normed"', 'default_group = "all"', f'intended_use = "{FILL}: what a result may be used for, and by whom."',
        "", "[licence]", f'figures = "{figures}"', f'evidence = "{FILL}: where that was seen, and when."',
        *(("private = true", f'text = "{LICENCE}"') if plan.private else ()),
        "", *_age(plan), "", *strata, "[[norm_groups]]", 'id = "all"', f'label = "{FILL}: who the children of the norms are, how many, where, when"',
        *_norms(plan),
    ]) + "\n"  # fmt: skip


def _aliases() -> str:
    words: Mapping[str, str] = {"m": "male", "boy": "male", "boys": "male", "f": "female", "girl": "female", "girls": "female"}
    return ", ".join(f'{word} = "{sex}"' for word, sex in words.items())


def _age(plan: Plan) -> Iterator[str]:
    whole = all("." not in end for band in plan.bands for end in band)
    yield "[age]"
    yield f'unit = "{plan.unit}"'
    yield "# how the manual counts: by the calendar (ymd_calendar), or with months of 30 days (ymd_30day)" if plan.unit != "days" else "# age in days"
    yield f'convention = "{"days" if plan.unit == "days" else "ymd_calendar"}"'
    yield f'use = "{"completed" if whole and plan.unit != "days" else "exact"}"'
    yield f"from = {plan.bands[0][0]}"
    yield f"below = {plan.bands[-1][1]}"


def _norms(plan: Plan) -> Iterator[str]:
    for table in tables_of(plan):
        yield from ("", "[[norms]]", f"scales = {joined(table.scales)}", 'group = "all"', 'method = "lookup"', f'table = "{table.name}"')
        if table.sexes:
            yield 'strata = ["sex"]'
        yield f'metric = "{table.metric}"'
        if table.metric in SCORES and table.metric != "percentile":
            low, high = SCORES[table.metric]
            yield "decimals = 0"
            yield f"# score_limits = [{low}, {high}] # the lowest and highest score that the source prints; a score there is flagged"


def _sources(plan: Plan) -> str:
    lines = ["schema = 1", "", "[sources.manual]", f'citation = "{FILL}: authors, title, where, year."']
    for table in tables_of(plan):
        lines += [
            "", "[[tables]]", f'file = "tables/{table.name}"', 'source = "manual"', f'place = "{FILL}: table and page"',
            "# the day it was read", 'read = "0000-00-00"', f'transcribed = "{FILL}: by hand, typed twice"', f'checked = "{FILL}: the two copies agree"',
        ]  # fmt: skip
    return "\n".join(lines) + "\n"
