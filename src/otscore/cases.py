"""The worked examples of a pack (cases.csv), scored as children are scored, and compared with what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Batch, ScaleArrays
from otscore.codes import STATUS_NAMES, flag_names
from otscore.compile import Form, Options, compile_form
from otscore.engine import score
from otscore.errors import Issue
from otscore.intake.ages import AgeGiven, Ages, pack_ages
from otscore.intake.answers import readers, screen
from otscore.intake.findings import Findings
from otscore.intake.spelling import stratum_spellings
from otscore.pack import Pack
from otscore.pack.check.casefile import EXPECTED, MORE_EXPECTED, Case, read_cases
from otscore.schema.mapping import NO_MAPPING

Floats = NDArray[np.float64]
HINT = "Work the case out again from its source: the case, a table of the pack or the library is wrong"


def run_cases(pack: Pack) -> list[Issue]:
    """Score every case of a pack that passed ``check_pack``; one issue for every cell that is not as expected.

    All scales are scored, those for research too. Values are shown: they are published examples, no child's data.
    Raises PackInvalid where the pack cannot be compiled.
    """
    if pack.cases is None or not len(pack.cases):
        return []
    cases = read_cases(pack.cases)
    found = []
    for group in dict.fromkeys(case.inputs.get("norm_group", "") for case in cases):
        form = compile_form(pack, Options(scales="all", norm_group=group or None))
        mine = [case for case in cases if case.inputs.get("norm_group", "") == group]
        scores = score(form, case_batch(form, mine))
        found += [issue for place, case in enumerate(mine) for issue in _compare(form, case, scores, place)]
    return found


def case_batch(form: Form, cases: Sequence[Case]) -> Batch:
    """The cases as a batch for the form: answers, age and strata read as those of a child are."""
    responses = np.full((len(cases), len(form.items)), np.nan)
    items = readers(form, NO_MAPPING)
    for row, case in enumerate(cases):
        for item, answer in case.responses.items():
            if item in form.index:
                responses[row, form.index[item]] = items[form.index[item]].code(answer)
    illegal = screen(responses, form, form.items, Findings())
    ages = _ages(form, cases)
    return Batch(
        responses=responses, age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, cases) for name in form.strata},
        illegal=illegal, age_invalid=ages.invalid, age_other=ages.other,
    )  # fmt: skip


def _stratum(form: Form, name: str, cases: Sequence[Case]) -> Floats:
    spelt = stratum_spellings(form, name, NO_MAPPING)
    return np.array([spelt.get(case.inputs.get(name, "").casefold(), np.nan) for case in cases], dtype=np.float64)


def _ages(form: Form, cases: Sequence[Case]) -> Ages:
    """Ages by the rule of the pack: from the two dates where a case has them, else from its age in the pack's unit."""
    rule, basis = form.pack.manifest.age, form.options.age_basis
    absent = np.full(len(cases), np.nan)
    weeks, days, number = (_numbers(cases, name) for name in ("gestation_weeks", "gestation_days", "age"))
    birth, test = (_dates(cases, name) for name in ("birth_date", "assessment_date"))
    by_dates = AgeGiven("dates", None, birth, test, weeks, days, _dates(cases, "assessment_end_date"))
    by_number = replace(by_dates, unit=rule.unit, number=absent if number is None else number, birth=None, test=None, end=None)
    dated, counted = (pack_ages(rule, given, basis) for given in (by_dates, by_number))
    has_dates = ~np.isnat(birth)
    merged = {name: np.where(has_dates, getattr(dated, name), getattr(counted, name))
              for name in ("age", "age_days", "corrected_age_days", "corrected", "invalid")}  # fmt: skip
    others = [absent if ages.other is None else ages.other for ages in (dated, counted)]
    return replace(dated, **merged, other=np.where(has_dates, *others))


def _numbers(cases: Sequence[Case], column: str) -> Floats | None:
    """A column of inputs as numbers, NaN where it is empty; None where no case has it."""
    cells = [case.inputs.get(column, "") for case in cases]
    return np.array([float(cell) if cell else np.nan for cell in cells]) if any(cells) else None


def _dates(cases: Sequence[Case], column: str) -> NDArray[np.datetime64]:
    return np.array([case.inputs.get(column) or "NaT" for case in cases], dtype="datetime64[D]")


def _compare(form: Form, case: Case, scores: ScaleArrays, place: int) -> Iterator[Issue]:
    for line, row in zip(case.lines, case.rows, strict=True):
        result = form.result_ids.index(row["scale"])
        where = f"line {line}: case {case.name}, scale {row['scale']}:"
        status = STATUS_NAMES[scores.status[place, result]]
        expected = row["status"] or "ok"
        if status != expected:
            yield _issue(where, "status", expected, status)
            continue
        yield from _flags_off(where, row, int(scores.flags[place, result]))
        band = scores.band[place, result]
        label = form.band_labels[result][band] if band >= 0 else ""
        if row["band"] and row["band"] != label:
            yield _issue(where, "band", row["band"], label or "no band")
        yield from _numbers_off(where, row, {name: getattr(scores, name)[place, result] for name in (*EXPECTED, *MORE_EXPECTED)})


def _flags_off(where: str, row: Mapping[str, str], flags: int) -> Iterator[Issue]:
    """The flags of a case are compared where it names any; ``none`` stands for no flag."""
    told = row.get("flags", "")
    found = flag_names(flags)
    if told and set(found.split(";")) != (set(told.split(";")) if told != "none" else {""}):
        yield _issue(where, "flags", told, found or "none")


def _numbers_off(where: str, row: Mapping[str, str], found: Mapping[str, float]) -> Iterator[Issue]:
    tolerance = float(row["tolerance"] or 0)
    for name, value in found.items():
        cell = row.get(name, "")
        if cell and not abs(value - float(cell)) <= tolerance:
            shown = "nothing" if np.isnan(value) else repr(float(value))
            yield _issue(where, name, f"{cell} (tolerance {tolerance:g})", shown)


def _issue(where: str, column: str, expected: str, found: str) -> Issue:
    return Issue("case_mismatch", f"{where} expected {column} {expected}, found {found}", HINT, "cases.csv", field=column)
