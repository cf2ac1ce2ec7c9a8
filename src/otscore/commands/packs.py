"""``otscore packs``: what there is for a child of a certain age, domain by domain, and what no open norm can say."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from otscore.codes import PROFILE_DOMAINS, Domain
from otscore.commands.norms import columns
from otscore.coverage import Coverage, age_words, coverage, coverage_tables, holes, holes_list
from otscore.errors import Issue, UsageError
from otscore.pack import registry
from otscore.schema.mapping import did_you_mean

EVIDENCE_WORDS = (
    "z, percentile: place in a norm group. class: a published class. flag: a criterion met or not. age of attainment: by which age "
    "children have attained it. base rate: reported for so many percent of children. They are never converted into one another."
)
OLDEST_MONTHS = 30 * 12
NEXT = "More of a pack (caveats, norm sample, licence, sources): otscore norms show PACK. What to enter: otscore norms items PACK. To cite it: otscore norms cite PACK."


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("packs", help="what fits a child: packs by age and domain", description="What fits a child.")
    parser.add_argument("--age-years", type=float, metavar="AGE", help="only what gives a result at this age, in years")
    parser.add_argument("--age-months", type=float, metavar="AGE", help="the same, in months")
    parser.add_argument("--domain", metavar="DOMAIN", help="only this domain, for example fine_motor")
    parser.add_argument("--coverage", action="store_true", help="all domains and ages: what is open, and the holes")
    parser.add_argument("--json", action="store_true", help="as JSON, a row per scale")
    parser.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print what fits, and what is not open."""
    domain, months = _domain(chosen.domain), _months(chosen)
    if chosen.coverage and (chosen.json or domain is not None or months is not None):
        hint = "Leave the other options out, or leave out --coverage"
        raise UsageError(Issue("coverage", "--coverage shows all domains and ages, and is text", hint))
    packs, broken = registry(chosen.packs_dir).read_all()
    for issue in dict.fromkeys(issue for error in broken for issue in error.issues):
        print(f"otscore: {issue}", file=sys.stderr)
    rows = coverage(packs)
    if chosen.coverage:
        print("\n".join(_coverage_lines(rows)))
        return 1 if broken else 0
    found = [row for row in rows if row.fits(months, domain)]
    if chosen.json:
        print(json.dumps([_plain(row) for row in found], indent=2))
        return 1 if broken else 0
    print("\n".join(_listing(found)))
    if months is not None:
        print("\n".join(_not_open(rows, domain, months)))
    print(f"\n{EVIDENCE_WORDS}\n{NEXT}")
    return 1 if broken else 0


def _months(chosen: argparse.Namespace) -> float | None:
    if chosen.age_years is not None and chosen.age_months is not None:
        raise UsageError(Issue("age_twice", "the age is given in years and in months", "Give one of them"))
    months: float | None = chosen.age_months if chosen.age_years is None else 12 * chosen.age_years
    if months is not None and not 0 <= months < OLDEST_MONTHS:
        raise UsageError(Issue("age", "an age that no child has", "Is it in the other unit? There are --age-years and --age-months"))
    return months


def _domain(word: str | None) -> str | None:
    """The domain in any spelling."""
    if word is None:
        return None
    named, known = word.strip().casefold().replace(" ", "_").replace("-", "_"), [domain.value for domain in Domain]
    if named not in known:
        raise UsageError(Issue("domain", "there is no such domain", f"{did_you_mean(named, known)}Allowed: {', '.join(known)}"))
    return named


def _listing(found: Sequence[Coverage]) -> list[str]:
    """A line per pack and domain, in the order of the domains of a profile."""
    lines: dict[tuple[Domain, str, str], list[Coverage]] = {}
    order = list(PROFILE_DOMAINS) + [domain for domain in Domain if domain not in PROFILE_DOMAINS]
    for row in sorted(found, key=lambda row: order.index(row.domain)):
        lines.setdefault((row.domain, row.pack, row.evidence), []).append(row)
    table = [("domain", "pack", "evidence", "ages", "informant", "what")]
    for (domain, pack, evidence), scales in lines.items():
        research = " (research)" if all(row.research for row in scales) else ""
        ages = age_span(min(row.months_from for row in scales), max(row.months_below for row in scales))
        informants = ", ".join(scales[0].informants)
        private = " (private)" if scales[0].private else ""
        table.append((domain.value.replace("_", " "), pack, evidence + research, ages, informants, scales[0].title + private))
    return columns(table)


def age_span(months_from: float, months_below: float) -> str:
    """Ages as a reader says them; the upper end is not one of them.

    >>> age_span(6, 42), age_span(72, 216), age_span(0, float("inf"))
    ('6 mo to below 3.5 y', '6 y to below 18 y', 'from 0 mo')
    """
    if months_below == float("inf"):
        return f"from {age_words(months_from)}"
    return f"{age_words(months_from)} to below {age_words(months_below)}"


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
