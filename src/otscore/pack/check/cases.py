"""cases.csv: examples that can be run, at least one for every scale and composite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from otscore.codes import STATUS_NAMES
from otscore.pack.check.casefile import NOT_INPUTS, Case, answers, read_cases
from otscore.pack.check.members import NUMBER, band_labels, item_options
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import member_items

SOURCE = "cases.csv"


def cases_missing(subject: Subject) -> Iterator[Finding]:
    """The pack has worked examples."""
    table = subject.cases()
    if SOURCE not in subject.broken and (table is None or not len(table)):
        yield Finding(SOURCE, "there are no worked examples", "Add cases.csv with at least one case for every scale and composite")


def case_scale(subject: Subject) -> Iterator[Finding]:
    """Every row of a case is for a scale or composite of the pack."""
    known = _result_ids(subject)
    for line, row in _rows(subject):
        if row["scale"] not in known:
            yield Finding(SOURCE, f"there is no scale {row['scale']}", f"Allowed: {listed(known)}", "scale", line)


def case_twice(subject: Subject) -> Iterator[Finding]:
    """No case has two rows for a scale, and the rows of a case stand together."""
    seen: dict[tuple[str, str], int] = {}
    closed: set[str] = set()
    before = ""
    for line, row in _rows(subject):
        key = (row["case"], row["scale"])
        if key in seen:
            yield Finding(SOURCE, f"case {key[0]} already has a row for {key[1]} on line {seen[key]}", "Remove one of them", "scale", line)
        elif row["case"] != before and row["case"] in closed:
            yield Finding(SOURCE, f"rows of case {key[0]} stand apart", "Put the rows of a case together, or name the case differently", "case", line)
        seen.setdefault(key, line)
        closed.add(before)
        before = row["case"]


def case_inputs(subject: Subject) -> Iterator[Finding]:
    """Age, strata and responses stand on the first row of a case only."""
    for case in _cases(subject):
        for line, row in zip(case.lines[1:], case.rows[1:], strict=True):
            filled = [column for column, cell in row.items() if cell and column not in NOT_INPUTS]
            if filled:
                message = f"{listed(filled)} of case {case.name} is filled in again"
                yield Finding(SOURCE, message, f"Leave it empty: it stands on line {case.line}", filled[0], line)


def case_age(subject: Subject) -> Iterator[Finding]:
    """A case gives its age in the pack's unit or as two dates, not both."""
    for case in _cases(subject):
        dates = [case.inputs[name] for name in ("birth_date", "assessment_date")]
        if case.inputs["age"] and any(dates):
            yield Finding(SOURCE, f"case {case.name} gives an age and dates", "Give one of them", "age", case.line)
        elif any(dates) and not all(dates):
            yield Finding(SOURCE, f"case {case.name} gives one date", "Give birth_date and assessment_date", "birth_date", case.line)
        for name, cell in zip(("birth_date", "assessment_date"), dates, strict=True):
            if cell and not _is_date(cell):
                yield Finding(SOURCE, "the cell is not a date", "Write year-month-day: 2024-05-31", name, case.line)


def case_item(subject: Subject) -> Iterator[Finding]:
    """Responses are written ITEM=code, each item of the pack once, the code a number or a label of the item."""
    options = item_options(subject.pack)
    for case in _cases(subject):
        given = answers(case.inputs["responses"])
        unknown = [item for item, _ in given if item not in options]
        if unknown:
            hint = "Write ITEM=code with items of items.csv, separated by blanks"
            yield Finding(SOURCE, f"items.csv has no item {listed(unknown)}", hint, "responses", case.line)
        names = [item for item, _ in given]
        twice = sorted({item for item in names if names.count(item) > 1}) if len(set(names)) < len(names) else []
        if twice:
            yield Finding(SOURCE, f"{listed(twice)} is answered twice", "Answer an item once", "responses", case.line)
        for item, code in given:
            labels = [label.casefold() for label in options[item].labels] if item in options else []
            if item in options and not NUMBER.fullmatch(code) and code.casefold() not in labels:
                hint = f"Write its code{', or ' + ', '.join(labels) if labels else ''}"
                yield Finding(SOURCE, f"the answer to {item} is neither a number nor a label", hint, "responses", case.line)


def case_stratum(subject: Subject) -> Iterator[Finding]:
    """Sex and other strata of a case are values (or aliases) of a stratum of the pack, the norm group one of its groups."""
    manifest = subject.pack.manifest
    groups = [group.id for group in manifest.norm_groups]
    for case in _cases(subject):
        for name in dict.fromkeys(("sex", *manifest.strata)):
            cell, stratum = case.inputs.get(name, ""), manifest.strata.get(name)
            if cell and stratum is None:
                yield Finding(SOURCE, f"the pack has no stratum {name}", "Leave the cell empty", name, case.line)
            elif cell and stratum is not None:
                allowed = (*stratum.values, *stratum.aliases)
                if cell.casefold() not in {value.casefold() for value in allowed}:
                    yield Finding(SOURCE, f"{cell} is no value of {name}", f"Allowed: {listed(allowed)}", name, case.line)
        if case.inputs.get("norm_group") and case.inputs["norm_group"] not in groups:
            yield Finding(SOURCE, f"there is no norm group {case.inputs['norm_group']}", f"Allowed: {listed(groups)}", "norm_group", case.line)


def case_status(subject: Subject) -> Iterator[Finding]:
    """The status expected is a status."""
    for line, row in _rows(subject):
        if row["status"] and row["status"] not in STATUS_NAMES:
            yield Finding(SOURCE, f"{row['status']} is no status", f"Allowed: {', '.join(STATUS_NAMES)}", "status", line)


def case_band(subject: Subject) -> Iterator[Finding]:
    """The band expected is a band of the scale or composite."""
    manifest, composites = subject.pack.manifest, {found.id: found for found in subject.pack.instrument.composites}
    for case in _cases(subject):
        group = case.inputs.get("norm_group") or manifest.default_group
        for line, row in zip(case.lines, case.rows, strict=True):
            composite = composites.get(row["scale"])
            own = tuple(level.band for level in composite.levels) if composite else band_labels(subject, row["scale"], group)
            if row["band"] and own is not None and row["band"] not in own and row["scale"] in _result_ids(subject):
                hint = f"Its bands: {listed(own) or 'none'}"
                yield Finding(SOURCE, f"{row['band']} is no band of {row['scale']}", hint, "band", line)


def case_coverage(subject: Subject) -> Iterator[Finding]:
    """Every scale and composite that the edition can score has at least one case."""
    if subject.cases() is None:
        return
    covered = {row["scale"] for _, row in _rows(subject)}
    empty = {scale.id for scale in subject.pack.instrument.scales if not scale.scales and not member_items(subject.pack, scale)}
    names = [name for name in _result_ids(subject) if name not in empty]
    missing = [name for name in names if name not in covered]
    if missing:
        yield Finding(SOURCE, f"no case tests {listed(missing)}", "Add a case with its source for each", "scale")


def warn_group_untested(subject: Subject) -> Iterator[Finding]:
    """Every norm group has at least one case; the column norm_group of cases.csv names a group other than the default."""
    manifest = subject.pack.manifest
    tested = {case.inputs.get("norm_group") or manifest.default_group for case in _cases(subject)}
    untested = [group.id for group in manifest.norm_groups if group.id not in tested]
    if tested and untested:
        hint = "Add a case with the group in a column norm_group"
        yield Finding(SOURCE, f"no case tests the norm group {listed(untested)}", hint, "norm_group")


def _result_ids(subject: Subject) -> list[str]:
    instrument = subject.pack.instrument
    return [scale.id for scale in instrument.scales if scale.use != "step"] + [composite.id for composite in instrument.composites]


def _rows(subject: Subject) -> Iterator[tuple[int, dict[str, str]]]:
    table = subject.cases()
    if table is not None:
        yield from zip(table.lines, table.rows(), strict=True)


def _cases(subject: Subject) -> tuple[Case, ...]:
    table = subject.cases()
    return () if table is None else read_cases(table)


def _is_date(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True
