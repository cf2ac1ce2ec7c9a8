"""Answers as they stand in the data to the codes of the pack, and the screen for what is not legal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import is_absent
from otscore.compile import Form
from otscore.intake.findings import Findings
from otscore.intake.looks import CONFLICTING, DECIMAL_COMMA, Look, codes_of, hint
from otscore.intake.spelling import EMPTY_WORDS, UNREADABLE, as_number, spelling
from otscore.kernel.recode import legal_answers
from otscore.schema import OptionSet
from otscore.schema.mapping import EVERY_ITEM, ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CONFLICT = "\0conflict"
"""Stands in a gathered table where one child has two different answers to one item; it reads as CONFLICTING."""
_NO_LOOKS: Mapping[int, Look] = MappingProxyType({})


class AnswerReader:
    """Reads the answers of one item: numbers, numerals, labels of the option set, respelt by the mapping."""

    def __init__(self, item: str, options: OptionSet, mapping: ColumnMap) -> None:
        self.labels = {spelling(word): code for word, code in options.labels.items()}
        self.labels_only = options.labels_only
        self.no_answer = frozenset(float(code) for code in options.missing)
        self.missing = frozenset(spelling(code) for code in mapping.missing)
        recode = mapping.recode.get(EVERY_ITEM, {}) | mapping.recode.get(item, {})
        self.recode = {spelling(answer): spelling(code) for answer, code in recode.items()}
        self.plain = not (self.labels_only or self.missing or self.recode)

    def code(self, value: Any) -> float:
        """Code of one answer; NaN where there is none, infinite where it cannot be read."""
        kind = type(value)
        if self.plain and (kind is int or kind is float) and abs(value) < 1e300:
            return float(value)
        if is_absent(value):
            return np.nan
        said = spelling(value)
        said = self.recode.get(said, said)
        if said in EMPTY_WORDS or said in self.missing:
            return np.nan
        if said in self.labels:
            return self.labels[said]
        if said == CONFLICT:
            return CONFLICTING
        number = as_number(said)
        if number == UNREADABLE and said.count(",") == 1 and as_number(said.replace(",", ".")) != UNREADABLE:
            return DECIMAL_COMMA
        return UNREADABLE if self.labels_only and number not in self.no_answer and number != CONFLICTING else number

    def codes(self, values: Iterable[Any]) -> Floats:
        """Codes of many answers, each distinct text or number read once."""
        seen: dict[Any, float] = {}
        result = []
        for value in values:
            key = (type(value), value) if isinstance(value, str | int) else None
            if key is None:
                result.append(self.code(value))
                continue
            if key not in seen:
                seen[key] = self.code(value)
            result.append(seen[key])
        return np.array(result, dtype=np.float64)


def readers(form: Form, mapping: ColumnMap) -> tuple[AnswerReader, ...]:
    """One reader per item of the form, in order."""
    return tuple(AnswerReader(item, options, mapping) for item, options in zip(form.items, form.option_sets, strict=True))


def screen(
    responses: Floats, form: Form, columns: tuple[str, ...], findings: Findings, looks: Mapping[int, Look] = _NO_LOOKS
) -> Bools | None:
    """Find illegal answers, replace them by NaN in place, and say where they stand; None where all are legal.

    columns : name of the column each item came from, for the findings. looks : item -> look of its whole column, where
    that is known; in a shifted column every answer is illegal.
    """
    illegal: Bools | None = None
    shifted = frozenset(item for item, look in looks.items() if look.shifted)
    for coding in form.codings:
        block = responses if coding.columns.size == responses.shape[1] else responses[:, coding.columns]
        answered = block == block
        bad_given = ~legal_answers(block[answered], coding)
        moved = [place for place, item in enumerate(coding.columns) if item in shifted] if shifted else []
        if not moved and not bad_given.any():
            continue
        bad = np.zeros(block.shape, dtype=np.bool_)
        bad[answered] = bad_given
        bad[:, moved] = answered[:, moved] & ~np.isin(block[:, moved], coding.missing)
        illegal = np.zeros(responses.shape, dtype=np.bool_) if illegal is None else illegal
        for place in np.flatnonzero(bad.any(axis=0)):
            item = coding.columns[place]
            illegal[:, item] = bad[:, place]
            _report(block[:, place], bad[:, place], form, int(item), columns[item], looks.get(int(item)), findings)
    if illegal is not None:
        responses[illegal] = np.nan
    return illegal


def _report(answers: Floats, bad: Bools, form: Form, item: int, column: str, look: Look | None, findings: Findings) -> None:
    """A finding for the illegal answers of one item; conflicting ones have been reported when the table was gathered."""
    bad = bad & (answers != CONFLICTING)
    if bad.any():
        look = look or Look(hint(codes_of(answers[bad]), form.option_sets[item], findings.source))
        findings.add_rows("illegal_answer", column, bad, f"{look.what}. Allowed: {_allowed(form, item)}", look.hint)


def _allowed(form: Form, item: int) -> str:
    """The legal answers of an item; of a private pack, whose answers no report may list, where they can be seen."""
    return f"see otscore norms items {form.pack.name}" if form.pack.private else allowed(form.option_sets[item])


def allowed(options: OptionSet) -> str:
    """The legal answers in words."""
    if options.range is not None:
        return f"{options.range[0]:g} to {options.range[1]:g}{', whole numbers' if options.whole else ''}"
    codes = [] if options.labels_only else [f"{code:g}" for code in options.legal]
    estimated = (f"{code} (estimated, counts as {stands_for:g})" for code, stands_for in options.estimated.items())
    return ", ".join([*codes, *options.labels, *estimated, *(f"{code} ({why.replace('_', ' ')})" for code, why in options.missing.items())])

