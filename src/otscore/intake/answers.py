"""Answers as they stand in the data to the codes of the pack, and the screen for what is not legal."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile import Form
from otscore.intake.findings import Findings
from otscore.kernel.recode import Coding, legal_answers
from otscore.schema import OptionSet
from otscore.schema.mapping import ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY_WORDS = frozenset(("", "na", "nan"))
USUAL_MISSING = frozenset((7, 8, 9, 77, 88, 97, 98, 99, 777, 888, 998, 999, -1, -7, -8, -9, -77, -88, -99, -777, -888, -999, -9999, 9999))  # fmt: skip
UNREADABLE = np.inf
"""Stands for an answer that cannot be read as a code; the screen finds it, since no legal answer is infinite."""


class AnswerReader:
    """Reads the answers of one item: numbers, numerals, labels of the option set, respelt by the mapping."""

    def __init__(self, item: str, options: OptionSet, mapping: ColumnMap) -> None:
        self.labels = {word.casefold(): code for word, code in options.labels.items()}
        self.labels_only = options.labels_only
        self.missing = frozenset(_spelling(code) for code in mapping.missing)
        self.recode = {_spelling(answer): code for answer, code in mapping.recode.get(item, {}).items()}
        self.plain = not (self.labels_only or self.missing or self.recode)

    def code(self, value: Any) -> float:
        """Code of one answer; NaN where there is none, infinite where it cannot be read."""
        kind = type(value)
        if self.plain and (kind is int or kind is float):
            return float(value)
        if value is None or value is _pandas_na():
            return np.nan
        if isinstance(value, bool | np.bool_):
            return UNREADABLE
        spelling = _spelling(value)
        if spelling in EMPTY_WORDS or spelling in self.missing:
            return np.nan
        if spelling in self.recode:
            value = self.recode[spelling]
            spelling = _spelling(value)
        if spelling in self.labels:
            return self.labels[spelling]
        return UNREADABLE if self.labels_only else _number(spelling)

    def codes(self, values: Iterable[Any]) -> Floats:
        """Codes of many answers, each distinct spelling read once."""
        seen: dict[Any, float] = {}
        result = []
        for value in values:
            key = (type(value), value) if value == value else None
            if key not in seen:
                seen[key] = self.code(value) if key is not None else np.nan
            result.append(seen[key])
        return np.array(result, dtype=np.float64)


@lru_cache(maxsize=1)
def _pandas_na() -> Any:
    import sys

    pandas = sys.modules.get("pandas")
    return pandas.NA if pandas is not None else object()


def _spelling(value: Any) -> str:
    """A number and the same number as text have one spelling; text without blanks around it, in lower case."""
    if isinstance(value, int | float | np.integer | np.floating):
        return repr(float(value))
    text = str(value).strip().casefold()
    return repr(number) if np.isfinite(number := _number(text)) else text


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return UNREADABLE
    return UNREADABLE if "_" in text else value


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
            message = f"an answer outside the legal set. Allowed: {allowed(form.option_sets[item])}"
            hint = _hint(block[:, place], bad[:, place], coding, form.option_sets[item])
            findings.add_rows("illegal_answer", columns[item], bad[:, place], message, hint)
            illegal[:, item] = bad[:, place]
    if illegal is not None:
        responses[illegal] = np.nan
    return illegal


def allowed(options: OptionSet) -> str:
    """The legal answers in words."""
    if options.range is not None:
        return f"{options.range[0]:g} to {options.range[1]:g}"
    codes = [] if options.labels_only else [f"{code:g}" for code in options.legal]
    return ", ".join(codes + list(options.labels))


def _hint(answers: Floats, bad: Bools, coding: Coding, options: OptionSet) -> str:
    """What most likely went wrong, told from the pattern of the answers; never an answer itself."""
    given, wrong = answers[~np.isnan(answers)], answers[bad]
    if options.labels_only:
        return "Give the answer by its label: copies of this item number their answers differently"
    if not np.isfinite(wrong).all():
        return "Text or true/false is no code here: recode it in the mapping file under [recode]"
    if set(wrong.tolist()) <= USUAL_MISSING and len(set(wrong.tolist())) <= 3:
        return "It looks like a missing code: name it in the mapping file under `missing`"
    for step, word in ((1, "one too high"), (-1, "one too low")):
        if given.size > 1 and not coding.is_range and legal_answers(given - step, coding).all():
            return f"The whole column looks shifted by one ({word}): recode it in the mapping file under [recode]"
    return "Correct the data, or recode the answer in the mapping file under [recode]"
