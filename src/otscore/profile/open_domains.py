"""The domains that a profile says nothing of, and the packs with norms that would fill them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from otscore.codes import Domain, Kind
from otscore.profile.models import DomainResult, Profile
from otscore.profile.plan_models import OpenDomain

DAYS_PER = {"days": 1.0, "months": 30.4375, "years": 365.25}
AGES = re.compile(r"([\d.]+) to (?:below )?([\d.]+) (days|months|years)")
NOT_ASSESSED = "nothing was asked"


class CataloguePack(Protocol):
    """What is read of a line of the catalogue (:class:`otscore.PackInfo`)."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def domains(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def ages(self) -> str: ...  # noqa: D102


def open_domains(profile: Profile, catalogue: Iterable[CataloguePack] = ()) -> tuple[OpenDomain, ...]:
    """Each domain without a result: why, and the packs of the catalogue with norms in it whose ages hold the child's.

    A pack that names no ages is left out, as are all where the age is unknown. A scale of motor skills as a whole fills neither
    motor domain.
    """
    packs = tuple(catalogue)
    return tuple(
        OpenDomain(domain=domain.domain, reason=_reason(domain), packs=tuple(pack.name for pack in packs if _fills(pack, domain.domain, profile)))
        for domain in profile.domains
        if domain.headline is None
    )


def _reason(domain: DomainResult) -> str:
    reasons = dict.fromkeys(result.reason for result in domain.scales)
    return "; ".join(reasons) if reasons else NOT_ASSESSED


def _fills(pack: CataloguePack, domain: Domain, profile: Profile) -> bool:
    said = AGES.fullmatch(pack.ages)
    if pack.kind != Kind.NORMED or domain not in pack.domains or said is None or profile.age_days is None:
        return False
    first, last, unit = said.groups()
    return float(first) * DAYS_PER[unit] <= profile.age_days < float(last) * DAYS_PER[unit]
