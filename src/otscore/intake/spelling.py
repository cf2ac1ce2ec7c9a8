"""Accepted spellings of the values of a stratum."""

from __future__ import annotations

from otscore.compile import Form
from otscore.schema.mapping import ColumnMap


def stratum_spellings(form: Form, name: str, mapping: ColumnMap) -> dict[str, int]:
    """Every accepted spelling of a stratum's values, in lower case -> number of the value."""
    stratum = form.pack.manifest.strata[name]
    number = {value.casefold(): place for place, value in enumerate(stratum.values)}
    aliases = {alias.casefold(): number[value.casefold()] for alias, value in stratum.aliases.items()}
    mapped = {
        given.strip().casefold(): number[value.casefold()]
        for given, value in mapping.values.get(name, {}).items() if value.casefold() in number
    }  # fmt: skip
    return number | aliases | mapped
