"""What a column of answers looks like when some are not legal: shifted by one, with a missing code, with text in it.

Told from the distinct codes of the whole column where it is known (a frame, a file of one piece), else from what has been
read of it. Where a column is shifted its legal answers are wrong too: every answer in it counts as illegal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from otscore.compile import Form
from otscore.intake.findings import RECORD
from otscore.intake.spelling import UNREADABLE
from otscore.schema import OptionSet

USUAL_MISSING = frozenset((7, 8, 9, 77, 88, 97, 98, 99, 777, 888, 998, 999, -1, -7, -8, -9, -77, -88, -99, -777, -888, -999, -9999, 9999))  # fmt: skip
CONFLICTING = float(np.finfo(np.float64).min)
"""Stands where one child has two different answers to one item."""
DECIMAL_COMMA = float(np.finfo(np.float64).max)
"""Stands for an answer that would be a number if its comma were a point."""
MARKS = frozenset((UNREADABLE, -UNREADABLE, CONFLICTING, DECIMAL_COMMA))
OUTSIDE = "an answer outside the legal set"
MISSING_HINT = "looks like a missing code: name it in `missing` (--missing on the command line)"
TEXT_HINT = "Text or true/false is no code here: recode it in the mapping file under [recode], or name it in `missing`"
COMMA_HINT = "Is that a decimal comma? Write numbers with a decimal point"
AT_LEAST = 2
"""Answers that a column must hold to be called shifted."""
STEPS = ((1, "one too high", "highest"), (-1, "one too low", "lowest"))


@dataclass(frozen=True, slots=True)
class Look:
    """What most likely went wrong in a column; never an answer itself. ``step``: how far it is shifted; ``what``: what each of
    its bad cells is.
    """

    hint: str
    step: int = 0
    what: str = OUTSIDE

    @property
    def shifted(self) -> bool:
        """Whether the whole column is shifted."""
        return self.step != 0


@dataclass
class _SoFar:
    """What the pieces of a column have shown: the steps back that would make every answer legal, and whether any is not."""

    steps: Set[int] = frozenset((1, -1))
    illegal: bool = False
    answers: int = 0


@dataclass
class Looks:
    """The looks of the columns of one form. ``whole``: the codes handed over are those of all rows."""

    form: Form
    source: str
    whole: bool = True
    _so_far: dict[int, _SoFar] = field(default_factory=dict)
    _given: dict[int, Set[float]] = field(default_factory=dict)  # the answers of each column so far, or the ends of them

    def settled(self, item: int) -> bool:
        """Whether nothing is left to be told of a column: it holds measurements, or earlier pieces show that it is not shifted."""
        options, column = self.form.option_sets[item], self._so_far.get(item)
        return options.range is not None or (column is not None and not column.steps and not self.whole)

    def span(self, item: int) -> tuple[float, float]:
        """The lowest and the highest legal code, where every whole number between is one: within them the ends tell a step."""
        legal = self.form.option_sets[item].legal
        low, high = min(legal), max(legal)
        whole_numbers = high - low == len(legal) - 1 and all(float(code).is_integer() for code in legal)
        return (low, high) if whole_numbers else (np.inf, -np.inf)

    def of(self, item: int, codes: Iterable[float], answers: Callable[[], int]) -> Look | None:
        """The look of the column of an item, by position; None where all its answers are legal.

        codes : the distinct codes of the rows at hand; answers : how many cells are answered there.
        """
        options = self.form.option_sets[item]
        given = {code for code in codes if code == code}
        legal, missing = set(options.legal), {float(code) for code in (*options.missing, *options.estimated)}
        wrong = given - legal - missing
        self._given[item] = self._given.get(item, frozenset()) | given - missing
        if self.whole and not wrong:
            return None
        step = 0 if options.labels_only else self._shift(item, given - missing, legal, answers)
        if step:
            return _shifted(step, wrong, self.whole)
        return Look(hint(wrong, options, self.source)) if wrong else None

    def _shift(self, item: int, given: Set[float], legal: Set[float], answers: Callable[[], int]) -> int:
        """1 where every answer so far is legal once it is one lower, and some are not; -1 one higher; else 0."""
        ends = min(legal) - 1, max(legal) + 1
        telling = {code for code in given - MARKS if ends[0] <= code <= ends[1] or code not in USUAL_MISSING}
        column = self._so_far.setdefault(item, _SoFar())
        column.steps = {step for step in column.steps if all(code - step in legal for code in telling)}
        column.illegal |= not telling <= legal
        if column.answers < AT_LEAST:
            column.answers += answers()
        shifted = column.illegal and column.answers >= AT_LEAST
        return next((step for step, *_ in STEPS if shifted and step in column.steps), 0)


    def with_company(self, looks: dict[int, Look]) -> dict[int, Look]:
        """The looks, and those of columns whose answers happen to be legal though they are shifted like their company: more
        than half of the columns with the same answers are, and theirs would be legal one step back.
        """
        kinds: dict[int, list[int]] = {}
        for item, given in self._given.items():
            if given:
                kinds.setdefault(id(self.form.option_sets[item]), []).append(item)
        for items in kinds.values():
            steps = [looks[item].step for item in items if item in looks and looks[item].shifted]
            for step in {step for step in steps if 2 * steps.count(step) > len(items)}:
                options = self.form.option_sets[items[0]]
                alike = [item for item in items if item not in looks and all(code - step in options.legal for code in self._given[item])]
                looks |= {item: _in_company(step) for item in alike}
        return looks


def hint(wrong: Set[float], options: OptionSet, source: str) -> str:
    """What most likely went wrong, told from the codes that are not legal."""
    if options.labels_only:
        return "Give the answer by its label: copies of this item number their answers differently"
    hints = [COMMA_HINT] if DECIMAL_COMMA in wrong else []
    if source == RECORD:
        return ". ".join([*hints, "Correct the answer, or leave the item out where there is none"])
    numbers = wrong - MARKS
    if not wrong.isdisjoint((UNREADABLE, -UNREADABLE)):
        hints.append(TEXT_HINT)
    if numbers and numbers <= USUAL_MISSING and len(numbers) <= 3:
        hints.append(f"{'A number among them' if hints else 'It'} {MISSING_HINT}")
    return ". ".join(hints) or "Correct the data, or recode the answer in the mapping file under [recode]"


def _shifted(step: int, wrong: Set[float], whole: bool) -> Look:
    _, word, end = next(one for one in STEPS if one[0] == step)
    recode = "recode it in the mapping file under [recode]"
    if whole:
        said = f"The whole column looks shifted by one ({word}): {recode}; until then every answer in it counts as illegal"
        what = OUTSIDE
    else:
        said = f"Is the whole column shifted by one? If so, {recode}: the rows before were scored as they stand"
        what = f"an answer in a column that looks shifted by one ({word}), as far as it was read"
    asked = f". Or is the {end} a missing code? Then name it in `missing`" if wrong and wrong - MARKS <= USUAL_MISSING else ""
    return Look(said + asked, step, what)


def _in_company(step: int) -> Look:
    word = next(word for one, word, _ in STEPS if one == step)
    said = "Recode all of them in the mapping file under [recode]; until then every answer in this column counts as illegal too"
    return Look(said, step, f"an answer in a column that is likely shifted by one ({word}), as most columns with the same answers are")


def codes_of(values: Any) -> set[float]:
    """The distinct codes of an array."""
    return set(np.unique(values).tolist())
