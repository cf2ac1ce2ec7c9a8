"""A DataFrame becomes a Batch: wide (a row per visit) or long (a row per answer, gathered to wide first)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.batch import Batch, Children
from otscore.compile import Form
from otscore.errors import Issue, UsageError
from otscore.intake.ages import ENDED_BEFORE, AgeGiven, Ages, asks_for_age, pack_ages
from otscore.intake.answers import AnswerReader, screen
from otscore.intake.cells.frame import blank, dates, empty, is_number, numbers, single_values
from otscore.intake.columns import Layout, child_column, stratum_missing
from otscore.intake.findings import Findings
from otscore.intake.informants import MESSAGE, Informants
from otscore.intake.long.frame import gather
from otscore.intake.looks import USUAL_MISSING, Look, Looks
from otscore.intake.spelling import stratum_codes, stratum_spellings
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NEGATIVE_CODES = [float(code) for code in USUAL_MISSING if code < 0]
GESTATION_HINT = "Allowed: 20 to 45 weeks, and 0 to 6 days beside them. A gestation in days is named gestation_days, without weeks"

__all__ = [
    "column_looks", "gather", "read_ages", "read_batch", "read_children", "readable", "report_repeated", "row_hashes", "table",
    "visit_hashes",
]  # fmt: skip


def table(frame: Any, given: Mapping[str, Any]) -> pd.DataFrame:
    """The frame with the levels of its index as columns that are named in the call, or hold the identifier.

    Raises UsageError for what is no DataFrame.
    """
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(Issue("frame", "a table is a pandas DataFrame", "Make one: pd.DataFrame(rows); one child is scored by `score`"))
    strata = given.get("strata")
    named = {value for value in given.values() if isinstance(value, str)} | set(strata.values() if isinstance(strata, Mapping) else ())
    levels = [
        level for level in frame.index.names
        if level is not None and level not in frame.columns and (level in named or ("id" not in given and str(level).casefold() == "id"))
    ]  # fmt: skip
    return frame.reset_index(level=levels) if levels else frame


def readable(frame: pd.DataFrame, layout: Layout, findings: Findings, before: int = 0) -> pd.DataFrame:
    """The frame with each column once and a single value in the cells that are no answers, so that all rows can be looked at.

    before : how many rows of the input stand before it.
    """
    if not frame.columns.is_unique:
        frame = frame.loc[:, ~frame.columns.duplicated()]
    columns = [column for column, part in layout.mapping.claimed.items() if part != "response"]
    return single_values(frame, columns, findings, before)


def column_looks(frame: pd.DataFrame, layout: Layout, items: Sequence[AnswerReader], looks: Looks) -> dict[int, Look]:
    """Item -> look, for the columns that hold illegal answers; items by position in the form."""
    found = {}
    for place, item in enumerate(looks.form.items):
        if (column := layout.items.get(item)) is not None and not looks.settled(place):
            answers = frame[column]
            codes = _distinct_codes(answers, items[place], looks.span(place))
            look = looks.of(place, codes.tolist(), answers.count)
            if look is not None:
                found[place] = look
    return looks.with_company(found)


def _distinct_codes(answers: pd.Series, reader: AnswerReader, span: tuple[float, float]) -> Floats:
    """The distinct codes of a column; only the ends where numbers do not leave the span."""
    if is_number(answers.dtype):
        given = answers.to_numpy(dtype=np.float64, na_value=np.nan)
        if not reader.plain:
            return reader.codes(pd.unique(given))
        ends = np.array([end.reduce(given, initial=np.nan) for end in (np.fmin, np.fmax)])
        return ends if span[0] <= ends[0] and ends[1] <= span[1] else pd.unique(given)
    try:
        return reader.codes(pd.unique(answers))
    except TypeError:  # cells that have no hash, such as lists
        return reader.codes(answers.tolist())


def read_batch(
    form: Form, frame: pd.DataFrame, layout: Layout, items: Sequence[AnswerReader], ages: Ages, findings: Findings,
    looks: Mapping[int, Look],
) -> Batch:  # fmt: skip
    """The rows of a wide frame as a batch for one form; what is wrong goes to ``findings``.

    items : a reader for each item of the form. looks : item -> look of its whole column, as :func:`column_looks` found it.
    """
    findings.owner = form.pack.name
    columns = [layout.items.get(item, "") for item in form.items]
    responses = _responses(frame, columns, items)
    asked = form.strata or layout.mapping.informant
    answered = np.asarray(~np.isnan(responses).all(axis=1) if asked else np.zeros(len(frame), dtype=np.bool_))
    illegal = screen(responses, form, tuple(map(str, columns)), findings, looks)
    return Batch(
        responses=responses, age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, frame, layout.mapping, answered, findings) for name in form.strata},
        illegal=illegal, age_invalid=ages.invalid if ages.invalid.any() else None, age_other=ages.other,
        other_informant=_other_informant(form, frame, layout.mapping, answered, findings),
    )  # fmt: skip


def read_ages(form: Form, frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> Ages:
    """The ages of a frame by the rule of the form's pack."""
    findings.owner = form.pack.name
    given = _age_given(frame, mapping, findings)
    ages = pack_ages(form.pack.manifest.age, given, form.options.age_basis)
    column = mapping.assessment_date or next(filter(None, (getattr(mapping, name) for name in AGE_COLUMNS)), "")
    before = ages.invalid & (ages.age_days < 0)
    if mapping.birth_date:
        hint = "Are the two dates the wrong way round, or the day and month?"
        findings.add_rows("age_invalid", column, before, "the assessment lies before the birth", hint)
        hint, ended_before = "Is one of the two dates wrong?", given.ended_before() & ~before
        findings.add_rows("age_invalid", mapping.assessment_end_date or "", ages.invalid & ended_before, ENDED_BEFORE, hint)
        findings.add_rows("age_invalid", column, ages.invalid & ~before & ~ended_before, "an age that no child has", hint)
    else:
        hint = "Is the age in another unit than its column says?"
        findings.add_rows("age_invalid", column, ages.invalid, "an age that no child has", hint)
        coded = np.isin(np.full(len(frame), np.nan) if given.number is None else given.number, NEGATIVE_CODES) & ~ages.invalid
        hint = "Leave the cell empty where the age is not known; a corrected age before term is right as it is"
        findings.add_rows("age_negative", column, coded, "an age below 0 that looks like a missing code", hint)
    gestation = mapping.gestation_weeks or mapping.gestation_days or ""
    findings.add_rows("gestation_invalid", gestation, ages.gestation_invalid, "a gestation that cannot be; it counts as unknown", GESTATION_HINT)  # fmt: skip
    if column and asks_for_age(form):
        told = [name for name in (mapping.birth_date, column) if name]
        unknown = np.logical_or.reduce([empty(frame[name]) for name in told])
        findings.add_rows("age_missing", column, unknown, "no age, so no norm-referenced score", "Add it where it is known")
    return ages


def read_children(form: Form, frame: pd.DataFrame, mapping: ColumnMap, ages: Ages, first_row: int) -> Children:
    """Identifiers, ages and informants, as they are echoed in the output. Without an id column: the row number."""
    rows = pd.Series(np.arange(first_row + 1, first_row + len(frame) + 1))
    ids = rows if mapping.id is None else _echoed(frame[mapping.id])
    informants = Informants(form, mapping)
    said: Any = informants.echoed(None)
    if mapping.informant:
        place, distinct = pd.factorize(frame[mapping.informant])
        said = pd.Series(np.array([*map(informants.echoed, distinct), said], dtype=object)[place])
    return Children(ids, ages.age_days, ages.corrected_age_days, ages.corrected, said, ages.age)


def _echoed(ids: pd.Series) -> pd.Series:
    """Identifiers as given; None in place of the NA of a nullable type."""
    ids = ids.reset_index(drop=True)
    if pd.api.types.is_extension_array_dtype(ids.dtype) and ids.isna().any():
        ids = ids.astype(object).where(ids.notna(), None)
    return ids


def _key_hashes(frame: pd.DataFrame, columns: Sequence[str], identifier: str | None) -> NDArray[np.uint64]:
    """A hash of the cells of each row. Numbers count alike however they are stored, but for the identifier."""
    key = {name: frame[name] for name in columns}
    for name, series in key.items():
        if name != identifier and is_number(series.dtype):
            key[name] = pd.Series(series.to_numpy(dtype=np.float64, na_value=np.nan), index=frame.index)
    return np.asarray(pd.util.hash_pandas_object(pd.DataFrame(key), index=False), dtype=np.uint64)


def row_hashes(frame: pd.DataFrame, mapping: ColumnMap) -> NDArray[np.uint64]:
    """A hash of id and age (or dates) of each row, to find visits that stand twice; 0 where the id is blank."""
    parts = ("id", "visit", *AGE_COLUMNS, "birth_date", "assessment_date", "informant")
    columns = [getattr(mapping, part) for part in parts if getattr(mapping, part)]
    if mapping.id is None:
        return np.zeros(len(frame), dtype=np.uint64)
    return np.where(blank(frame[mapping.id]), np.uint64(0), _key_hashes(frame, columns, mapping.id))


def visit_hashes(frame: pd.DataFrame, mapping: ColumnMap) -> NDArray[np.uint64]:
    """A hash for each row of a long table that tells visits apart; a row without identifier counts to the visit before it."""
    columns = [column for column, part in mapping.claimed.items() if part not in ("item", "response")]
    hashes, child = _key_hashes(frame, columns, mapping.id), child_column(mapping)
    assert child is not None
    place = np.where(blank(frame[child]), 0, np.arange(len(frame)))
    return hashes[np.maximum.accumulate(place)]


def has_repeated(hashes: NDArray[np.uint64]) -> bool:
    """Whether two are the same, but for those that are 0."""
    rising = np.sort(hashes)
    return bool(((rising[1:] == rising[:-1]) & (rising[1:] != 0)).any())


def report_repeated(
    hashes: NDArray[np.uint64], mapping: ColumnMap, findings: Findings, lines: NDArray[np.int64] | None = None
) -> None:
    """A finding for visits that stand twice, told from the hashes of all rows; ``lines``: their row numbers, if not 1, 2, ..."""
    if not has_repeated(hashes):
        return
    order = np.argsort(hashes, kind="stable")
    again = np.zeros(len(hashes), dtype=np.bool_)
    again[order[1:]] = (hashes[order][1:] == hashes[order][:-1]) & (hashes[order][1:] != 0)
    message = "the same child at the same age stands in an earlier row too"
    hint = "Remove the copy, or tell visits apart with their own id; both rows are scored"
    findings.owner = ""
    if lines is not None:
        findings.add_lines("duplicate_id", mapping.id or "", lines[again].tolist(), message, hint)
    else:
        findings.add_rows("duplicate_id", mapping.id or "", again, message, hint)


def _responses(frame: pd.DataFrame, columns: Sequence[str], items: Sequence[AnswerReader]) -> Floats:
    """(n, k) codes, C-ordered; NaN where the frame has no such column or no answer."""
    present = [place for place, column in enumerate(columns) if column != ""]
    names = [columns[place] for place in present]
    part = frame[names]
    numeric = {kind: is_number(kind) for kind in set(part.dtypes)}
    responses = np.full((len(frame), len(columns)), np.nan)
    all_numbers = all(numeric.values())
    if all_numbers:
        responses[:, present] = part.to_numpy(dtype=np.float64, na_value=np.nan)
    for position, (place, kind) in enumerate(zip(present, part.dtypes, strict=True)):
        if not numeric[kind]:
            responses[:, place] = _codes(part.iloc[:, position], items[place])
        elif not all_numbers:
            responses[:, place] = part.iloc[:, position].to_numpy(dtype=np.float64, na_value=np.nan)
        if numeric[kind] and not items[place].plain:
            responses[:, place] = _respelt(responses[:, place], items[place])
    return responses


def _codes(answers: pd.Series, reader: AnswerReader) -> Floats:
    """Codes of a column that holds more than numbers; each distinct answer is read once."""
    if answers.dtype == object:
        return reader.codes(answers.tolist())
    place, distinct = pd.factorize(answers)
    return np.append(reader.codes(distinct), np.nan)[place]


def _respelt(numbers: Floats, reader: AnswerReader) -> Floats:
    """Codes of a column of numbers where missing codes or a recode are told."""
    distinct = pd.unique(numbers)
    distinct = distinct[~np.isnan(distinct)]
    result = numbers.copy()
    for number, code in zip(distinct, reader.codes(distinct), strict=True):
        if number != code:
            result[numbers == number] = code
    return result


def _age_given(frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> AgeGiven:
    weeks, days = (numbers(frame, column, findings) for column in (mapping.gestation_weeks, mapping.gestation_days))
    if mapping.birth_date and mapping.assessment_date:
        birth, test = (dates(frame, column, mapping, findings) for column in (mapping.birth_date, mapping.assessment_date))
        end = dates(frame, mapping.assessment_end_date, mapping, findings) if mapping.assessment_end_date else None
        return AgeGiven("dates", None, birth, test, weeks, days, end)
    for name in AGE_COLUMNS:
        if (column := getattr(mapping, name)) is not None:
            number = numbers(frame, column, findings)
            return AgeGiven(name.removeprefix("age_"), number, gestation_weeks=weeks, gestation_days=days)
    return AgeGiven("days", np.full(len(frame), np.nan), gestation_weeks=weeks, gestation_days=days)


def _other_informant(form: Form, frame: pd.DataFrame, mapping: ColumnMap, answered: Bools, findings: Findings) -> Bools | None:
    """Rows whose answers are not of the informant that the norms are for, None where there are none."""
    if not mapping.informant:
        return None
    informants = Informants(form, mapping)
    place, distinct = pd.factorize(frame[mapping.informant])
    other = np.array([*(not informants.fits(said) for said in distinct), False], dtype=np.bool_)[place]
    message = f"{form.pack.name}: {MESSAGE}"
    findings.add_rows("informant_other", mapping.informant, other & answered, message, informants.hint)
    return other if other.any() else None


def _stratum(form: Form, name: str, frame: pd.DataFrame, mapping: ColumnMap, answered: Bools, findings: Findings) -> Floats:
    """Numbers of the stratum's values; a finding where a child with answers for the form has none."""
    column = mapping.strata_columns.get(name)
    if column is None:
        if answered.any():
            issue = stratum_missing(form, name, findings.source)
            findings.add(issue.code, "", issue.message, issue.hint, fatal=True)
        return np.full(len(frame), np.nan)
    place, distinct = pd.factorize(frame[column])
    spelt = stratum_spellings(form, name, mapping)
    numbers = np.append(stratum_codes(spelt, distinct), np.nan)[place]
    allowed = ", ".join(form.pack.manifest.strata[name].values)
    hint = f"Allowed: {allowed}; respell in the mapping file under [values.{name}]"
    findings.add_rows("stratum_missing", column, np.isnan(numbers) & answered, f"{name} is missing or unknown", hint)
    return numbers
