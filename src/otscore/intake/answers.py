"""Answers as they stand in the data to the codes of the pack, and the screen for what is not legal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile import Form
from otscore.intake.findings import RECORD, Findings
from otscore.intake.spelling import UNREADABLE, as_number, is_absent, spelling
from otscore.kernel.recode import Coding, legal_answers
from otscore.schema import OptionSet
from otscore.schema.mapping import EVERY_ITEM, ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY_WORDS = frozenset(("", "na", "nan"))
USUAL_MISSING = frozenset((7, 8, 9, 77, 88, 97, 98, 99, 777, 888, 998, 999, -1, -7, -8, -9, -77, -88, -99, -777, -888, -999, -9999, 9999))  # fmt: skip
CONFLICT = "\0conflict"
"""Stands in a gathered table where one child has two different answers to one item; it reads as CONFLICTING."""
CONFLICTING = float(np.finfo(np.float64).min)
MISSING_HINT = "It looks like a missing code: name it in `missing` (--missing on the command line)"


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
        return UNREADABLE if self.labels_only and number not in self.no_answer else number

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


def screen(responses: Floats, form: Form, columns: tuple[str, ...], findings: Findings) -> Bools | None:
    """Find illegal answers, replace them by NaN in place, and say where they stand; None where all are legal.

    columns : name of the column each item came from, for the findings.
    """
    illegal: Bools | None = None
    for coding in form.codings:
        block = responses if coding.columns.size == responses.shape[1] else responses[:, coding.columns]
        answered = block == block
        bad_given = ~legal_answers(block[answered], coding)
        if not bad_given.any():
            continue
        bad = np.zeros(block.shape, dtype=np.bool_)
        bad[answered] = bad_given
        illegal = np.zeros(responses.shape, dtype=np.bool_) if illegal is None else illegal
        for place in np.flatnonzero(bad.any(axis=0)):
            item = coding.columns[place]
            illegal[:, item] = bad[:, place]
            _report(block[:, place], bad[:, place], coding, form.option_sets[item], columns[item], findings)
    if illegal is not None:
        responses[illegal] = np.nan
    return illegal


def _report(answers: Floats, bad: Bools, coding: Coding, options: OptionSet, column: str, findings: Findings) -> None:
    """A finding for the illegal answers of one item; conflicting ones have been reported when the table was gathered."""
    bad = bad & (answers != CONFLICTING)
    if bad.any():
        message = f"an answer outside the legal set. Allowed: {allowed(options)}"
        findings.add_rows("illegal_answer", column, bad, message, _hint(answers, bad, coding, options, findings))


def allowed(options: OptionSet) -> str:
    """The legal answers in words."""
    if options.range is not None:
        return f"{options.range[0]:g} to {options.range[1]:g}"
    codes = [] if options.labels_only else [f"{code:g}" for code in options.legal]
    return ", ".join([*codes, *options.labels, *(f"{code} ({why.replace('_', ' ')})" for code, why in options.missing.items())])


def _hint(answers: Floats, bad: Bools, coding: Coding, options: OptionSet, findings: Findings) -> str:
    """What most likely went wrong, told from the pattern of the answers; never an answer itself."""
    given, wrong = answers[~np.isnan(answers) & (answers != CONFLICTING)], answers[bad]
    if options.labels_only:
        return "Give the answer by its label: copies of this item number their answers differently"
    if findings.source == RECORD:
        return "Correct the answer, or leave the item out where there is none"
    if not np.isfinite(wrong).all():
        return "Text or true/false is no code here: recode it in the mapping file under [recode], or name it in `missing`"
    looks_missing = set(wrong.tolist()) <= USUAL_MISSING and len(set(wrong.tolist())) <= 3
    for step, word in ((1, "one too high"), (-1, "one too low")):
        if given.size > 1 and not coding.is_range and legal_answers(given - step, coding).all():
            shifted = f"The whole column looks shifted by one ({word}): recode it in the mapping file under [recode]"
            return f"{shifted}. Or is the lowest a missing code? Then name it in `missing`" if looks_missing and step < 0 else shifted
    if looks_missing:
        return MISSING_HINT
    return "Correct the data, or recode the answer in the mapping file under [recode]"
