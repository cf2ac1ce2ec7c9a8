"""``otscore packs``: what there is for a child of a certain age, domain by domain, and what no open norm can say."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from otscore.codes import PROFILE_DOMAINS, Domain
from otscore.coverage import Coverage, coverage, coverage_tables, holes, holes_list
from otscore.errors import Issue, UsageError
from otscore.pack import registry

EVIDENCE_WORDS = (
    "z, percentile: place in a norm group. class: a published class. flag: a criterion met or not. age of attainment: by which age "
    "children have attained it. base rate: reported for so many percent of children. They are never converted into one another."
)
NEXT = "More of a pack (caveats, norm sample, licence, sources): otscore norms show PACK. To cite it: otscore norms cite PACK."


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("packs", help="what fits a child: packs by age and domain", description="What fits a child.")
    parser.add_argument("--age-years", type=float, metavar="AGE", help="only what gives a result at this age, in years")
    parser.add_argument("--age-months", type=float, metavar="AGE", help="the same, in months")
    parser.add_argument("--domain", choices=[domain.value for domain in Domain], metavar="DOMAIN", help="only this domain, for example fine_motor")
    parser.add_argument("--coverage", action="store_true", help="domain by age: what is open, and the holes")
    parser.add_argument("--json", action="store_true", help="as JSON, a row per scale")
    parser.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print what fits, and what is not open."""
    packs, broken = registry(chosen.packs_dir).read_all()
    for issue in dict.fromkeys(issue for error in broken for issue in error.issues):
        print(f"otscore: {issue}", file=sys.stderr)
    rows = coverage(packs)
    if chosen.coverage:
        print("\n".join(_coverage_lines(rows)))
        return 1 if broken else 0
    months = _months(chosen)
    found = [row for row in rows if row.fits(months, chosen.domain)]
    if chosen.json:
        print(json.dumps([_plain(row) for row in found], indent=2))
        return 1 if broken else 0
    print("\n".join(_listing(found)))
    if months is not None:
        print("\n".join(_not_open(rows, chosen.domain, months)))
    print(f"\n{EVIDENCE_WORDS}\n{NEXT}")
    return 1 if broken else 0


def _months(chosen: argparse.Namespace) -> float | None:
    if chosen.age_years is not None and chosen.age_months is not None:
        raise UsageError(Issue("age_twice", "the age is given in years and in months", "Give one of them"))
    months: float | None = chosen.age_months if chosen.age_years is None else 12 * chosen.age_years
    return months


def _listing(found: Sequence[Coverage]) -> list[str]:
    """A line per pack and domain, in the order of the domains of a profile."""
    lines: dict[tuple[Domain, str, str], list[Coverage]] = {}
    order = list(PROFILE_DOMAINS) + [domain for domain in Domain if domain not in PROFILE_DOMAINS]
    for row in sorted(found, key=lambda row: order.index(row.domain)):
        lines.setdefault((row.domain, row.pack, row.evidence), []).append(row)
    table = [("domain", "pack", "what", "evidence", "ages", "informant")]
    for (domain, pack, evidence), scales in lines.items():
        research = " (research)" if all(row.research for row in scales) else ""
        ages = age_words(min(row.months_from for row in scales), max(row.months_below for row in scales))
        informants = ", ".join(scales[0].informants)
        table.append((domain.value.replace("_", " "), pack, scales[0].title.partition(",")[0], evidence + research, ages, informants))
    widths = [max(len(row[place]) for row in table) for place in range(6)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def age_words(months_from: float, months_below: float) -> str:
    """Ages as a reader says them: months below 3 years, else years.

    >>> age_words(6, 42), age_words(72, 216), age_words(0, float("inf"))
    ('6 mo to 3.5 y', '6 y to 18 y', 'from 0 mo')
    """
    if months_below == float("inf"):
        return f"from {_age(months_from)}"
    return f"{_age(months_from)} to {_age(months_below)}"


def _age(months: float) -> str:
    return f"{months:.3g} mo" if months < 36 else f"{months / 12:.3g} y"


def _not_open(rows: Sequence[Coverage], domain: str | None, months: float) -> list[str]:
    domains = [one for one in PROFILE_DOMAINS if domain in (None, one.value)]
    said = [(one, words) for one in domains for words in holes(rows, one, months, months + 1e-9)]
    lines = [f"  {one.value.replace('_', ' ')}: {words}" for one, words in said]
    return ["", "Not open at this age", *lines] if lines else []


def _coverage_lines(rows: Sequence[Coverage]) -> list[str]:
    lines = []
    for domain, (head, *table) in coverage_tables(rows).items():
        lines.append(domain.value.replace("_", " "))
        for ages, *cells in table:
            said = [f"{who:20} {cell}" for who, cell in zip(head[1:], cells, strict=True) if cell]
            lines += [f"  {name:9} {text}" for name, text in zip([ages, *[""] * len(said)], said or ["-"], strict=False)]
        lines.append("")
    return [*lines, "Holes", *(f"  {line}" for line in holes_list(rows)), "", EVIDENCE_WORDS]


def _plain(row: Coverage) -> dict[str, Any]:
    plain = asdict(row)
    plain["months_below"] = None if row.months_below == float("inf") else row.months_below
    return plain
