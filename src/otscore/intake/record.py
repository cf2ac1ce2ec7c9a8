"""One child as a mapping becomes a Batch of one: the same stages as a table of a million."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Batch, Children, is_absent
from otscore.compile import Form
from otscore.errors import Issue, UsageError
from otscore.intake.ages import ENDED_BEFORE, AgeGiven, Ages, asks_for_age, pack_ages
from otscore.intake.answers import AnswerReader, readers, screen
from otscore.intake.columns import item_codes, unknown_items
from otscore.intake.findings import RECORD, Findings
from otscore.intake.informants import MESSAGE, Informants
from otscore.intake.spelling import spelling, stratum_spellings
from otscore.schema.mapping import AGE_COLUMNS, NO_MAPPING, ColumnMap, did_you_mean

Floats = NDArray[np.float64]
KEYS = (
    "id", "responses", "informant", *AGE_COLUMNS, "birth_date", "assessment_date", "assessment_end_date", "gestation_weeks",
    "gestation_days", "strata", "sex",
)  # fmt: skip
AGE_KEYS = frozenset((*AGE_COLUMNS, "birth_date", "assessment_date", "assessment_end_date"))
LARGEST = 1e15


def check_record(record: Mapping[str, Any], forms: Sequence[Form], mapping: ColumnMap) -> dict[str, str]:
    """Item code -> key in ``responses``.

    Raises UsageError for a record of the wrong shape (keys that are not understood, missing responses, two ways of giving
    age), with everything else that is wrong in it.
    """
    if not isinstance(record, Mapping):
        raise UsageError(Issue("record", "a record is a mapping", f"Its keys: {', '.join(KEYS)}", RECORD))
    problems = _unknown_parts(record, forms) + _shape(record)
    responses = record.get("responses")
    codes = item_codes(responses, forms, mapping) if isinstance(responses, Mapping) else {}
    keys = {code: key for key, code in codes.items()}
    twice = [(key, code) for key, code in codes.items() if keys[code] != key]
    problems += [Issue("duplicate_item", "two answers are of this item", "Give one of them", RECORD, field=code) for _, code in twice]
    if problems:
        others = [keys | {code: key} for key, code in twice]
        raise UsageError(dict.fromkeys(problems + _further(record, forms, mapping, problems, [keys, *others])))
    return keys


def _unknown_parts(record: Mapping[str, Any], forms: Sequence[Form]) -> list[Issue]:
    """Issues for keys that are not understood; told by name only where they come near a key that is."""
    strange = [str(key) for key in record if key not in KEYS]
    issues = []
    for key in strange:
        close = "Say its unit, as age_days, age_months or age_years. " if spelling(key) == "age" else did_you_mean(key, KEYS)
        message = "the record has a key that is not understood"
        issues.append(Issue("unknown_key", message, f"{close}Allowed: {', '.join(KEYS)}", RECORD, field=key if close else ""))
    strata = record.get("strata")
    known = {"sex"} | {name for form in forms for name in form.pack.manifest.strata}
    if isinstance(strata, Mapping) and not strata.keys() <= known:
        issues.append(Issue("unknown_key", "`strata` has a key that no pack asks for", f"Allowed: {', '.join(sorted(known))}", RECORD))
    return list(dict.fromkeys(issues))


def _shape(record: Mapping[str, Any]) -> list[Issue]:
    problems = []
    if not isinstance(record.get("responses"), Mapping):
        problems.append(Issue("responses_missing", "the record needs `responses`, a mapping of item code to answer", 'Write "responses": {"FCF6": "none"}', RECORD))
    if not isinstance(record.get("strata") or {}, Mapping):
        problems.append(Issue("strata", "`strata` is a mapping of stratum to value", 'Write "strata": {"sex": "female"}', RECORD))
    for part in ("id", "informant"):
        if isinstance(record.get(part), Collection) and not isinstance(record.get(part), str | bytes):
            problems.append(Issue("not_a_single_value", "several values where one is asked for", "Give text or a number", RECORD, field=part))
    strata = record.get("strata")
    both = [record.get("sex"), strata.get("sex") if isinstance(strata, Mapping) else None]
    if not any(map(is_absent, both)) and spelling(both[0]) != spelling(both[1]):
        problems.append(Issue("sex_twice", "`sex` is given twice, and differently", "Give it once: `sex`, or `strata`", RECORD))
    ways = [key for key in (*AGE_COLUMNS, "birth_date") if record.get(key) is not None]
    if len(ways) > 1:
        problems.append(Issue("age_twice", f"age is given in {len(ways)} ways: {', '.join(ways)}", "Give one of them", RECORD))
    if (record.get("birth_date") is None) != (record.get("assessment_date") is None):
        problems.append(Issue("dates", "`birth_date` and `assessment_date` belong together", "Give both", RECORD))
    return problems


def _further(
    record: Mapping[str, Any], forms: Sequence[Form], mapping: ColumnMap, problems: Sequence[Issue], readings: Sequence[dict[str, str]]
) -> list[Issue]:
    """What else is wrong in a record of the wrong shape, so that all is told at once.

    readings : item code -> key; several where an item is answered more than once.
    """
    findings = Findings(source=RECORD)
    no_age = not {"age_twice", "dates"}.isdisjoint(issue.code for issue in problems)
    rest = {key: value for key, value in record.items() if not (no_age and key in AGE_KEYS)}
    for part in ("responses", "strata"):
        rest[part] = rest.get(part) if isinstance(rest.get(part), Mapping) else {}
    for form in forms:
        spelt = {name: stratum_spellings(form, name, mapping) for name in form.strata}
        ages = record_ages(form, rest, findings)
        for keys in readings:
            record_batch(form, readers(form, mapping), rest, keys, ages, spelt, findings)
    found = [issue for issue in findings.issues() if not (no_age and issue.code == "age_missing")]
    return unknown_keys(rest, forms, *readings) + found


def unknown_keys(record: Mapping[str, Any], forms: Sequence[Form], *readings: Mapping[str, str]) -> list[Issue]:
    """Issues for answers to items that no pack knows."""
    known = {key for keys in readings for key in keys.values()}
    return unknown_items([key for key in record["responses"] if key not in known], forms, RECORD, "item code", bool(known))


def record_ages(form: Form, record: Mapping[str, Any], findings: Findings) -> Ages:
    """The age of the child by the rule of the form's pack."""
    weeks, days = (_number(record, key, findings) for key in ("gestation_weeks", "gestation_days"))
    if by_dates := record.get("birth_date") is not None:
        birth, test = (_date(record, key, findings) for key in ("birth_date", "assessment_date"))
        end = None if record.get("assessment_end_date") is None else _date(record, "assessment_end_date", findings)
        given = AgeGiven("dates", None, birth, test, weeks, days, end)
    else:
        key = next((key for key in AGE_COLUMNS if record.get(key) is not None), "age_days")
        number = _number(record, key, findings)
        given = AgeGiven(key.removeprefix("age_"), np.array([np.nan]) if number is None else number, None, None, weeks, days)
    ages = pack_ages(form.pack.manifest.age, given, form.options.age_basis)
    if ages.gestation_invalid[0]:
        hint = "Allowed: 20 to 45 weeks, and 0 to 6 days beside them. A gestation in days is gestation_days, without weeks"
        findings.add("gestation_invalid", "gestation_weeks" if weeks is not None else "gestation_days", "a gestation that cannot be", hint)  # fmt: skip
    if ages.invalid[0]:
        before = by_dates and ages.age_days[0] < 0
        message = "the assessment lies before the birth" if before else ENDED_BEFORE if given.ended_before()[0] else "an age that no child has"
        findings.add("age_invalid", "assessment_date" if by_dates else key, message, "Check the dates, or the unit of the age")
    elif np.isnan(ages.age_days[0]) and asks_for_age(form) and not _age_unreadable(findings):
        hint = "Give birth_date and assessment_date, or age_days, age_months or age_years"
        findings.add("age_missing", "age", "the age is missing", hint)
    return ages


def _age_unreadable(findings: Findings) -> bool:
    return any(column in AGE_KEYS for _, column, _ in findings.entries)


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
    answered = not np.isnan(responses).all()
    return Batch(
        illegal=_screened(responses, form, findings), responses=responses,
        age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, record, spellings[name], answered, findings) for name in form.strata},
        age_invalid=ages.invalid, age_other=ages.other, other_informant=_other_informant(form, record, answered, findings),
    )  # fmt: skip


def _other_informant(form: Form, record: Mapping[str, Any], answered: bool, findings: Findings) -> NDArray[np.bool_] | None:
    informants = Informants(form, NO_MAPPING)
    if informants.fits(record.get("informant")):
        return None
    if answered:
        findings.add("informant_other", "informant", f"{form.pack.name}: {MESSAGE}", f"The norms are for answers of {' or '.join(informants.known)}")
    return np.array([True])


def _screened(responses: Floats, form: Form, findings: Findings) -> NDArray[np.bool_] | None:
    here = Findings(source=RECORD)
    illegal = screen(responses, form, form.items, here)
    for issue in here.issues():
        findings.add(issue.code, issue.field, issue.message, issue.hint)
    return illegal


def record_child(form: Form, record: Mapping[str, Any], ages: Ages) -> Children:
    """What is echoed of the child."""
    informant = Informants(form, NO_MAPPING).echoed(record.get("informant"))
    return Children([record.get("id")], ages.age_days, ages.corrected_age_days, ages.corrected, [informant], ages.age)


def _stratum(
    form: Form, name: str, record: Mapping[str, Any], spelt: Mapping[str, int], answered: bool, findings: Findings
) -> Floats:  # fmt: skip
    given = (record.get("strata") or {}).get(name)
    if name in ("sex", "informant") and not is_absent(record.get(name)):
        given = record[name]
    code = np.nan if is_absent(given) else spelt.get(spelling(given), np.nan)
    if np.isnan(code) and answered:
        allowed = ", ".join(form.pack.manifest.strata[name].values)
        findings.add("stratum_missing", name, f"{form.pack.name} needs {name}, and it is missing or unknown", f"Allowed: {allowed}")
    return np.array([code], dtype=np.float64)


def _number(record: Mapping[str, Any], key: str, findings: Findings) -> Floats | None:
    value = record.get(key)
    if value is None:
        return None
    usable = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not usable or abs(value) > LARGEST:
        findings.add("not_a_number", key, "not a number that can be used here", "Give a plain number")
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
    except (ValueError, TypeError):
        pass
    findings.add("bad_date", key, "not a date", "Write dates as year-month-day (2024-05-31), or give a date object")
    return np.array([np.datetime64("NaT")], dtype="datetime64[D]")
