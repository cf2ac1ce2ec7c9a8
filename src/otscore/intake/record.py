"""One child as a mapping becomes a Batch of one: the same stages as a table of a million."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Batch, Children
from otscore.compile import Form
from otscore.errors import Issue, UsageError
from otscore.intake.ages import AgeGiven, Ages, pack_ages
from otscore.intake.answers import AnswerReader, screen
from otscore.intake.columns import item_codes, unknown_items
from otscore.intake.findings import Findings
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap

Floats = NDArray[np.float64]
KEYS = ("id", "responses", "informant", *AGE_COLUMNS, "birth_date", "assessment_date", "gestation_weeks", "gestation_days", "strata", "sex")  # fmt: skip


def check_record(record: Mapping[str, Any], forms: Sequence[Form], mapping: ColumnMap) -> dict[str, str]:
    """Item code -> key in ``responses``.

    Raises UsageError for keys that are not understood, missing responses, or two ways of giving age.
    """
    problems = [
        Issue("unknown_key", "the record has a key that is not understood", f"Allowed: {', '.join(KEYS)}", field=str(key))
        for key in record if key not in KEYS
    ]  # fmt: skip
    if not isinstance(record.get("responses"), Mapping):
        problems.append(Issue("responses_missing", "the record needs `responses`, a mapping of item code to answer"))
    ways = [key for key in (*AGE_COLUMNS, "birth_date") if record.get(key) is not None]
    if len(ways) > 1:
        problems.append(Issue("age_twice", f"age is given in {len(ways)} ways: {', '.join(ways)}", "Give one of them"))
    if (record.get("birth_date") is None) != (record.get("assessment_date") is None):
        problems.append(Issue("dates", "`birth_date` and `assessment_date` belong together", "Give both"))
    if problems:
        raise UsageError(problems)
    codes = item_codes(list(record["responses"]), forms, mapping)
    return {code: key for key, code in codes.items()}


def unknown_keys(record: Mapping[str, Any], forms: Sequence[Form], keys: Mapping[str, str]) -> list[Issue]:
    """Issues for answers to items that no pack knows."""
    known = set(keys.values())
    return unknown_items([key for key in record["responses"] if key not in known], forms, "", "item code")


def record_ages(form: Form, record: Mapping[str, Any], findings: Findings) -> Ages:
    """The age of the child by the rule of the form's pack."""
    weeks, days = (_number(record, key, findings) for key in ("gestation_weeks", "gestation_days"))
    if record.get("birth_date") is not None:
        birth, test = (_date(record, key, findings) for key in ("birth_date", "assessment_date"))
        given = AgeGiven("dates", birth=birth, test=test, gestation_weeks=weeks, gestation_days=days)
    else:
        key = next((key for key in AGE_COLUMNS if record.get(key) is not None), "age_days")
        number = _number(record, key, findings)
        given = AgeGiven(key.removeprefix("age_"), np.array([np.nan]) if number is None else number, None, None, weeks, days)
    ages = pack_ages(form.pack.manifest.age, given, form.options.age_basis)
    if ages.invalid[0]:
        findings.add("age_invalid", "age", "the age is impossible", "Check the dates, or the unit of the age")
    elif np.isnan(ages.age_days[0]) and form.pack.manifest.age.required and not findings.entries:
        hint = "Give birth_date and assessment_date, or age_days, age_months or age_years"
        findings.add("age_missing", "age", "the age is missing", hint)
    return ages


def record_batch(
    form: Form, items: Sequence[AnswerReader], record: Mapping[str, Any], keys: Mapping[str, str],
    ages: Ages, spellings: Mapping[str, Mapping[str, int]], findings: Findings,
) -> Batch:  # fmt: skip
    """The child as a batch of one row for one form. ``spellings``: stratum -> accepted spelling -> number."""
    responses = np.full((1, len(form.items)), np.nan)
    answers, index = record["responses"], form.index
    for code, key in keys.items():
        place = index.get(code)
        if place is not None:
            responses[0, place] = items[place].code(answers[key])
    illegal = screen(responses, form, form.items, findings)
    return Batch(
        responses=responses, age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, record, spellings[name], findings) for name in form.strata},
        illegal=illegal, age_invalid=ages.invalid, age_other=ages.other,
    )  # fmt: skip


def record_child(record: Mapping[str, Any], ages: Ages, informants: tuple[str, ...]) -> Children:
    """What is echoed of the child."""
    single = informants[0] if len(informants) == 1 else ""
    return Children([record.get("id")], ages.age_days, ages.corrected_age_days, ages.corrected, [record.get("informant") or single])  # fmt: skip


def _stratum(form: Form, name: str, record: Mapping[str, Any], spelt: Mapping[str, int], findings: Findings) -> Floats:
    given = record.get(name) if name == "sex" else (record.get("strata") or {}).get(name)
    code = spelt.get(str(given).strip().casefold(), np.nan) if given is not None else np.nan
    if np.isnan(code):
        allowed = ", ".join(form.pack.manifest.strata[name].values)
        findings.add("stratum_missing", name, f"{form.pack.name} needs {name}, and it is missing or unknown", f"Allowed: {allowed}")
    return np.array([code], dtype=np.float64)


def _number(record: Mapping[str, Any], key: str, findings: Findings) -> Floats | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        findings.add("not_a_number", key, "not a number", "Give a plain number")
        return np.array([np.nan])
    return np.array([float(value)])


def _date(record: Mapping[str, Any], key: str, findings: Findings) -> NDArray[np.datetime64]:
    value = record.get(key)
    try:
        if isinstance(value, dt.datetime):
            value = value.date()
        if isinstance(value, str):
            value = dt.date.fromisoformat(value.strip())
        if isinstance(value, dt.date | np.datetime64):
            return np.array([value], dtype="datetime64[D]")
    except ValueError:
        pass
    findings.add("bad_date", key, "not a date", "Write dates as year-month-day (2024-05-31), or give a date object")
    return np.array([np.datetime64("NaT")], dtype="datetime64[D]")
