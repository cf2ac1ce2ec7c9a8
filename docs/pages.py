"""Pages that are made from the packs and kept in the repository: one for each instrument, and the coverage.

``python docs/pages.py`` writes them again; a test compares. The example of a page is run when the page is made.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from recipes import recipe_section  # noqa: E402
from tables import common_name, table  # noqa: E402

from otscore.commands.norms import ITEM_COLUMNS, item_row  # noqa: E402
from otscore.commands.packs import EVIDENCE_WORDS, age_span  # noqa: E402
from otscore.coverage import NORM_REFERENCED, Coverage, age_text, coverage, coverage_tables, holes_list  # noqa: E402
from otscore.pack import Pack, codebook, registry  # noqa: E402
from otscore.pack.check.casefile import Case, read_cases  # noqa: E402

MADE = "<!-- Made from the packs by docs/pages.py. -->\n"
HIGHER = {"more_able": "more able", "less_able": "less able", "neither": "neither"}
EVIDENCE = {
    "verified": "Verified: two independent sources agree, or an official implementation is reproduced.",
    "single_source": "From a single source: nothing independent was found to check the figures against.",
    "derived": "Derived: computed by us from public raw data; the computation can be run again.",
    "synthetic": "Invented.",
    "template": "Not filled in yet.",
}
MOST_ANSWERS = 30
MOST_ITEMS = 150
PRINTING = """for domain in profile.domains:
    for result in domain.scales:
        if result.status == "ok":
            print(result.scale, result.band or (result.metric, result.score), *result.flags)"""


def pages() -> dict[str, str]:
    """Path below docs -> text, for every page."""
    packs = _packs()
    made = {"coverage.md": coverage_page()}
    for name, editions in groupby(packs, key=lambda pack: pack.manifest.instrument):
        made[f"instruments/{name}.md"] = instrument_page(list(editions))
    return made


def coverage_page() -> str:
    """Domain by age and informant: what is open, and the holes in words."""
    rows = _rows()
    parts = [MADE, "# Coverage", "", EVIDENCE_WORDS, "", "`otscore packs --coverage` prints the same, with your own packs among them.", ""]
    for domain, (head, *lines) in coverage_tables(rows).items():
        parts += [f"## {domain.value.replace('_', ' ').capitalize()}", "", table(head, lines), ""]
    parts += ["## Holes", "", "What no open norm says, and private packs that would fill it for whoever may use their norms.", ""]
    return "\n".join([*parts, *(f"- {line}" for line in holes_list(rows)), ""])


def instrument_page(packs: Sequence[Pack]) -> str:
    """One instrument with all of its editions, and an example."""
    said = list(dict.fromkeys(pack.instrument.summary for pack in packs))
    alike = len(said) == 1
    rights = list(dict.fromkeys(pack.instrument.rights for pack in packs))
    informants = dict.fromkeys(informant for pack in packs for informant in pack.informants)
    name = common_name([pack.instrument.name for pack in packs])
    parts = [
        MADE, f"# {name}", "", *(said + [""] if alike else []), f"Answered by: {', '.join(informants)}. Rights in the instrument: {' '.join(rights)}", "",
    ]  # fmt: skip
    for pack in packs:
        parts += edition(pack, "" if alike else f"{pack.instrument.summary} ")
    parts += [*items(packs), ""]
    return "\n".join([*parts, *example(packs)])


def items(packs: Sequence[Pack]) -> list[str]:
    """What to enter: a table for the editions that have the same items."""
    parts = ["## What to enter", "", "`otscore norms items PACK` prints the same, and writes an empty table with `--template`.", ""]
    books = [(pack.name, [row for row in codebook(pack) if row["scales"]]) for pack in packs]
    for book in list({str(rows): rows for _, rows in books}.values()):
        names = ", ".join(f"`{name}`" for name, rows in books if rows == book)
        if len(book) > MOST_ITEMS:
            parts += [f"{names}: {len(book):,} items, each answered {', '.join(dict.fromkeys(item_row(row)[1] for row in book))}.", ""]
            continue
        rows = [(f"`{code}`", *rest) for code, *rest in map(item_row, book)]
        parts += [f"{names}:", "", table(ITEM_COLUMNS, rows), ""]
    return parts


def edition(pack: Pack, summary: str) -> Iterator[str]:
    """One edition: what its scores mean, for whom, from what, with which caveats."""
    manifest = pack.manifest
    yield from (f"(pack-{anchor(pack.name)})=", f"## {pack.name}", "", f"{manifest.title}, version {manifest.version}; ages {age_text(pack)}.")
    yield from (f"{summary}{manifest.intended_use}", "", *scales(pack), "")
    groups = [
        (f"`{group.id}`" + (" (default)" if group.id == manifest.default_group and len(manifest.norm_groups) > 1 else ""), group.label,
         f"{group.n:,}" if group.n else "", group.country, group.years, group.note)
        for group in manifest.norm_groups
    ]  # fmt: skip
    yield from (table(("norm group", "who", "n", "country", "years", "note"), groups), "", "To know:", "")
    yield from (*(f"- {notice}" for notice in manifest.notices), "", f"Evidence: {EVIDENCE[manifest.status]}", "")
    yield from (*(f"- `{one.file}` ({one.place}): {one.checked}" for one in pack.sources.tables), "")
    yield from (f"Licence of the figures: {manifest.licence.figures} Seen in: {manifest.licence.evidence}", "", "Citation:", "")
    for source in pack.sources.sources.values():
        address = f"https://doi.org/{source.doi}" if source.doi else source.url
        yield f"- {source.citation}" + (f" <{address}>" if address else "")
    yield from ("", *recipe_section(pack))


def scales(pack: Pack) -> list[str]:
    """A table of the scales: domain, what the result is, ages, what a high raw score means."""
    higher = {scale.id: HIGHER[scale.higher_is] for scale in pack.instrument.scales}
    metrics = {scale: norm.metric.value for norm in pack.manifest.norms for scale in norm.scales}
    rows = []
    for row in coverage_of(pack):
        metric = metrics.get(row.scale, "none")
        what = row.evidence if metric in ("none", row.evidence.replace(" ", "_")) else f"{row.evidence} ({metric})"
        ages = age_span(row.months_from, row.months_below)
        words = row.domain.value.replace("_", " ")
        turned = " (z is turned)" if higher.get(row.scale) == HIGHER["less_able"] and row.evidence in NORM_REFERENCED else ""
        rows.append((f"`{row.scale}`", words, what + (", research" if row.research else ""), ages, higher.get(row.scale, "") + turned))
    return [table(("scale", "domain", "result", "ages", "a high raw score means"), rows)]


def coverage_of(pack: Pack) -> list[Coverage]:
    """The rows of the coverage that belong to the pack."""
    return [row for row in _rows() if row.pack == pack.name]


@cache
def _packs() -> Sequence[Pack]:
    """The packs that ship, whatever else is installed here: what others may not pass on is on no page."""
    return [ref.read() for ref in registry([HERE.parent / "norms"], installed=False)]


@cache
def _rows() -> Sequence[Coverage]:
    return coverage(_packs())


def example(packs: Sequence[Pack]) -> list[str]:
    """A worked case of the first edition that has a plain one, as code with what it prints."""
    for pack in packs:
        cases = [case for case in read_cases(pack.cases) if _plain(case)] if pack.cases is not None else []
        if cases:
            case = min(cases, key=_worth)
            code = _code(pack, case)
            return ["## Example", "", f"A worked case of `{pack.name}`.", "", "```python", code, "```", "", "```text", _printed(code), "```", ""]
    return []


def _worth(case: Case) -> tuple[bool, int, int, str]:
    """Cases that fit on a page first, of these the one with the most results and the fewest answers."""
    n_scored = sum(not row["status"] or row["status"] == "ok" for row in case.rows)
    long = len(case.responses) > MOST_ANSWERS
    return long, 0 if long else -n_scored, len(case.responses), case.name


def _plain(case: Case) -> bool:
    """Whether a case has a result, an age and a few answers."""
    scored = any(not row["status"] or row["status"] == "ok" for row in case.rows)
    return scored and bool(case.responses) and bool(case.inputs.get("age") or case.inputs.get("birth_date"))


def _code(pack: Pack, case: Case) -> str:
    inputs = case.inputs
    record: list[str] = []
    if inputs.get("birth_date"):
        record += [f'"{key}": "{inputs[key]}"' for key in ("birth_date", "assessment_date")]
    else:
        record.append(f'"age_{pack.manifest.age.unit}": {inputs["age"]}')
    strata = {name: inputs[name] for name in pack.manifest.strata if inputs.get(name)}
    if strata:
        record.append('"strata": {' + ", ".join(f'"{name}": "{value}"' for name, value in strata.items()) + "}")
    answers = ", ".join(f'"{item}": {_answer(answer)}' for item, answer in case.responses.items())
    group = f', norm_group="{inputs["norm_group"]}"' if inputs.get("norm_group") else ""
    research = all(part.use == "research" for part in (*pack.instrument.scales, *pack.instrument.composites))
    scales = ', scales="all"' if research else ""
    lines = [
        "import otscore", "", f'scorer = otscore.Scorer.load("{pack.name}"{scales}{group})', f"answers = {{{answers}}}",
        f'profile = scorer.score({{{", ".join(record)}, "responses": answers}})', PRINTING,
    ]  # fmt: skip
    return "\n".join(lines)


def _answer(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return f'"{text}"'
    return text


def _printed(code: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code, {"__name__": "example"})
    return said.getvalue().rstrip()


def anchor(name: str) -> str:
    """A pack's name as a mark within a page."""
    return name.replace("@", "-").replace("_", "-").lower()


if __name__ == "__main__":
    (HERE / "instruments").mkdir(exist_ok=True)
    made = pages()
    for stale in set((HERE / "instruments").glob("*.md")) - {HERE / name for name in made}:
        stale.unlink()
    for name, text in made.items():
        (HERE / name).write_text(text, encoding="utf-8")
