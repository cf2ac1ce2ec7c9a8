"""Which packs would give a result at an age, domain by domain, so that a plan can name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from otscore.coverage import NORM_REFERENCED, Coverage, age_text, coverage
from otscore.pack import registry

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """A pack with the domains in which it compares with norms at one age."""

    name: str
    kind: str
    domains: tuple[str, ...]
    ages: str


class Catalogue:
    """The packs that are there, read when they are asked for first. What cannot be read is left out: it takes no part in the scores."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self.paths = tuple(paths)
        self.at_age: dict[float, tuple[CatalogueLine, ...]] = {}

    @cached_property
    def _found(self) -> tuple[dict[str, str], tuple[Coverage, ...]]:
        packs, _ = registry(self.paths).read_all()
        return {pack.name: age_text(pack) for pack in packs}, coverage(packs)

    def at(self, age_days: float | None) -> tuple[CatalogueLine, ...]:
        """The packs with norms at this age; none where the age is unknown."""
        if age_days is None:
            return ()
        if age_days not in self.at_age:
            self.at_age[age_days] = self._read(age_days / DAYS_PER_MONTH)
        return self.at_age[age_days]

    def _read(self, months: float) -> tuple[CatalogueLine, ...]:
        ages, rows = self._found
        domains: dict[str, dict[str, None]] = {}
        kinds = {row.pack: row.kind.value for row in rows}
        for row in rows:
            if row.fits(months, None) and row.evidence in NORM_REFERENCED:
                domains.setdefault(row.pack, {})[row.domain.value] = None
        return tuple(CatalogueLine(name, kinds[name], tuple(there), ages[name]) for name, there in domains.items())
