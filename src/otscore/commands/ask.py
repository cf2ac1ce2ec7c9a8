"""Questions and answers that lead to a new pack, for whoever calls ``otscore norms new`` without naming its scales."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from otscore.errors import Issue, UsageError
from otscore.norming import CompositePlan, Plan, ScalePlan, parse_ages, parse_composite, parse_scale
from otscore.norming.layouts import LAYOUTS, Layout
from otscore.norming.plan import ID, METRICS, NAME_HINT, UNITS

T = TypeVar("T")


def ask_plan(directory: str | None) -> Plan:
    """The plan that the answers describe. An answer that cannot be taken is asked for again; raises UsageError where they end too soon."""
    print("A new norm pack. An empty answer takes what stands in brackets; nothing is written before the last one.")
    where = Path(directory) if directory else ask("Directory to make. Its name is that of the instrument.", "my-packs/mytest", _directory)
    edition = ask("Name of the edition, for example the year of the norms.", "1", _name)
    print("\nScales: ID:DOMAIN:HIGHEST where raw totals are entered, for example balance:gross_motor:24;")
    print("ID:DOMAIN:12x0-2 where 12 items are entered, each worth 0 to 2. An empty answer ends the list.")
    scales = _several("Scale", parse_scale, needed=True)
    metric = ask(f"Metric of their scores: {', '.join(METRICS)}.", "scaled", _one_of(METRICS))
    print("\nScores made of scales: motor=balance+pegs:standard (sum of derived scores), motor=balance+pegs:standard:raws (of raw scores).")
    composites = _composites(where, scales, metric)
    unit = ask(f"Unit of the ages: {', '.join(UNITS)}.", "months", _one_of(UNITS))
    bands = ask("Age bands, the upper end not included: 48:60,60:72 is 4;0 to 4;11 and 5;0 to 5;11.", "", lambda text: _bands(text, where, scales))
    sex = ask("Are there norms for boys and girls apart? yes or no.", "no", _yes)
    print("\nHow is the printed table laid out? long: a row for each raw score. sheets: one table an age band, raw scores down the side.")
    print("ranges: scores down the side, raw scores in the cells. frame: sex, age_min, age_max, raw, score.")
    layout = ask(f"Layout: {', '.join(LAYOUTS)}.", "long", lambda text: _layout(text, where, scales, metric, composites, bands))
    private = ask("Must the figures stay with you (a test you may use, and not pass on)? yes or no.", "yes", _yes)
    return Plan(where, scales, bands, metric, composites, unit, sex, layout, edition, private)


def ask(question: str, default: str, read: Callable[[str], T]) -> T:
    """The answer to a question, read; asked again until it can be taken."""
    while True:
        try:
            text = input(f"{question} [{default}] " if default else f"{question} ").strip()
        except EOFError:
            hint = "Answer all of them, or say what the pack holds: otscore norms new DIR --scale ID:DOMAIN:HIGHEST --ages FROM:BELOW"
            raise UsageError(Issue("no_answer", "the answers ended before the questions; nothing was written", hint)) from None
        try:
            return read(text or default)
        except UsageError as error:
            for issue in error.issues:
                print(f"  {issue}")


def _several(name: str, read: Callable[[str], T], needed: bool = False) -> tuple[T, ...]:
    found: list[T] = []
    while True:
        answer = ask(f"{name} {len(found) + 1}:", "", lambda text: read(text) if text or (needed and not found) else None)
        if answer is None:
            return tuple(found)
        found.append(answer)


def _composites(where: Path, scales: tuple[ScalePlan, ...], metric: str) -> tuple[CompositePlan, ...]:
    found: list[CompositePlan] = []

    def read(text: str) -> CompositePlan:
        composite = parse_composite(text)
        Plan(where, scales, (("0", "1"),), metric, (*found, composite))
        found.append(composite)
        return composite

    return _several("Composite", read)


def _bands(text: str, where: Path, scales: tuple[ScalePlan, ...]) -> tuple[tuple[str, str], ...]:
    return Plan(where, scales, parse_ages(text)).bands


def _layout(
    text: str, where: Path, scales: tuple[ScalePlan, ...], metric: str, composites: tuple[CompositePlan, ...], bands: tuple[tuple[str, str], ...]
) -> Layout:
    layout = _one_of(tuple(LAYOUTS))(text)
    return Plan(where, scales, bands, metric, composites, layout=layout).layout


def _one_of(words: tuple[T, ...]) -> Callable[[str], T]:
    def read(text: str) -> T:
        for word in words:
            if word == text:
                return word
        raise UsageError(Issue("choice", f'"{text}" is none of them', f"Allowed: {', '.join(map(str, words))}"))

    return read


def _yes(text: str) -> bool:
    return _one_of(("yes", "no"))({"y": "yes", "n": "no"}.get(text.casefold(), text.casefold())) == "yes"


def _name(text: str) -> str:
    if not ID.fullmatch(text):
        raise UsageError(Issue("name", f'"{text}" is no name', NAME_HINT))
    return text


def _directory(text: str) -> Path:
    _name(Path(text).resolve().name)
    return Path(text)
