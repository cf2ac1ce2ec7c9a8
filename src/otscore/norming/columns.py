"""What the columns of a long table hold, told by their headings or by the user."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from otscore.errors import Issue
from otscore.norming.sheets import Sheet
from otscore.norming.target import Target, slug

ROLES: dict[str, tuple[str, ...]] = {
    "scale": ("scale", "subtest", "subscale", "test", "domain", "area"),
    "form": ("form", "version", "level"),
    "age": ("age", "ages", "age_range", "age_band", "age_group"),
    "age_min": ("age_min", "min_age", "age_from", "from_age", "agemin"),
    "age_max": ("age_max", "max_age", "agemax"),
    "age_below": ("age_below", "below_age"),
    "raw": ("raw", "raw_score", "raw_scores", "raw_points", "raw_total", "rs"),
    "score": (
        "score", "scaled", "scaled_score", "standard", "standard_score", "derived_score", "norm_score", "index_score", "ss", "t_score", "z_score",
        "v_scale_score", "sten", "stanine",
    ),
    "percentile": ("percentile", "percentile_rank", "percentiles", "pr", "ile", "pct"),
    "ci": ("ci", "confidence_interval", "interval"),
    "ci_low": ("ci_low", "ci_lower", "lower_ci"),
    "ci_high": ("ci_high", "ci_upper", "upper_ci"),
    "ae": ("ae", "age_equivalent", "age_equiv", "age_equivalents", "test_age"),
    "ignore": (),
}  # fmt: skip
"""What a column of a long table may hold, and the headings (as :func:`slug` writes them) that say so by themselves."""

BY_WORD = {word: role for role, words in ROLES.items() for word in words}
LEVEL = re.compile(r"(?:^|_)(?:ci_?)?([5-9][0-9])(?:_|$)|ci([5-9][0-9])")


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each role in a sheet. ``strata``: stratum = place; ``level``: of the printed interval, as text, or empty."""

    header: int
    roles: Mapping[str, int]
    strata: Mapping[str, int]
    level: str


def role_of(heading: str) -> tuple[str, str]:
    """(role, level of an interval) of a heading; the role is empty where the heading says none."""
    name = slug(heading)
    if name in BY_WORD:
        return BY_WORD[name], ""
    found = LEVEL.search(name)
    if found and ("ci" in name or "confidence" in name or "interval" in name):
        rest = slug(re.sub(r"[5-9][0-9]", "", name))
        return BY_WORD.get(rest, ""), found[1] or found[2]
    return "", ""


def find_columns(sheet: Sheet, given: Mapping[str, str], target: Target, needed: tuple[str, ...]) -> tuple[Columns | None, list[Issue]]:
    """Where in the sheet each role stands; the header is the first row that names the needed ones, else the first with cells.

    given : role or stratum = heading, from the user. Columns that mean nothing are a finding, as are two of the same role.
    """
    told = {slug(heading): role for role, heading in given.items()}
    rows = [row for row in range(len(sheet.rows)) if sheet.filled(row)]
    if not rows:
        return None, [Issue("empty_file", "the sheet is empty", "Leave it out", sheet.source)]
    header = next((row for row in rows if set(needed) <= {told.get(slug(sheet.text(row, c)), role_of(sheet.text(row, c))[0]) for c in sheet.filled(row)}), rows[0])
    roles: dict[str, int] = {}
    strata: dict[str, int] = {}
    issues, level = [], ""
    for column in sheet.filled(header):
        heading = sheet.text(header, column)
        role, said = role_of(heading)
        role = told.get(slug(heading), role)
        stratum = next((name for name in target.strata if name == role or (name not in told.values() and slug(heading) == slug(name))), None)
        if stratum is None and role in ("", "form") and slug(heading) in ("sex", "gender") and "sex" in target.strata:
            stratum = "sex"
        seen = strata if stratum else roles
        name = stratum or role
        if not name:
            hint = f"Say it: --columns ROLE=HEADING. Roles: {', '.join((*ROLES, *target.strata))}. To leave it aside: --columns ignore={heading}"
            issues.append(Issue("column_unknown", "it is not known what the column holds", hint, sheet.source, field=heading))
        elif name in seen and name != "ignore":
            hint = f"Name the one that counts: --columns {name}=HEADING, and leave the other aside: --columns ignore=HEADING"
            issues.append(Issue("column_twice", f"a second column that holds {name}", hint, sheet.source, field=heading))
        else:
            seen[name] = column
            level = said or level
    found = ", ".join(sheet.text(header, column) for column in sheet.filled(header))
    for role in needed:
        if role not in roles:
            hint = f"Say which: --columns {role}=HEADING. Headings: {found}"
            issues.append(Issue("column_missing", f"no column holds {role}", hint, sheet.source))
    return Columns(header, roles, strata, level), issues
