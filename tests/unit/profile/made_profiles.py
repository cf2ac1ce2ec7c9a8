"""Profiles made by hand, so that every number of a plan can be worked from what is written in the test."""

from __future__ import annotations

from typing import Any

from otscore.codes import PROFILE_DOMAINS, Domain, Kind
from otscore.profile.models import ContrastResult, DomainResult, PackStamp, Profile, ScaleResult


def scale(name: str, domain: str, z: float | None = None, z_se: float | None = None, **more: Any) -> ScaleResult:
    """A standard score at z; with a standard error a 90 % interval of 1.645 of them to either side."""
    ends = {} if z is None or z_se is None else {"z_low": z - 1.645 * z_se, "z_high": z + 1.645 * z_se, "ci_level": 0.9}
    given: dict[str, Any] = {
        "pack": "made@1", "kind": Kind.NORMED, "informant": "parent", "n_items": 10, "n_answered": 10, "raw": 5.0, "ability": None,
        "sem": None, "score": None if z is None else 100 + 15 * z, "metric": "standard", "percentile": None, "ci_low": None, "ci_high": None,
        "ci_level": None, "band": None, "status": "ok", "reason": "scored", "flags": (),
    }  # fmt: skip
    return ScaleResult(**given | ends | {"scale": name, "domain": domain, "z": z, "z_se": z_se} | more)


def stamp(pack: str = "made@1", **more: Any) -> PackStamp:
    given: dict[str, Any] = {
        "pack": pack, "pack_version": "1.0.0", "digest": "0", "kind": Kind.NORMED, "status": "synthetic", "norm_group": "all",
        "age_basis": "pack", "rounding": "pack", "ci_level": 0.9, "estimator": None, "relevance": None, "historic_scale": False,
        "logit": False, "prior_without_age": None, "notices": (),
    }  # fmt: skip
    return PackStamp(**given | more)


def profile(*results: ScaleResult, contrasts: tuple[ContrastResult, ...] = (), **more: Any) -> Profile:
    """The first scored result of a domain heads it."""
    names = [*PROFILE_DOMAINS, *(domain for domain in Domain if domain not in PROFILE_DOMAINS and any(one.domain is domain for one in results))]
    stamps = tuple(stamp(pack) for pack in dict.fromkeys(one.pack for one in results)) or (stamp(),)
    given: dict[str, Any] = {
        "library_version": "0", "id": "x", "age_days": 1461.0, "corrected_age_days": None, "age_basis": "chronological",
        "domains": tuple(_domain(name, [one for one in results if one.domain is name]) for name in names), "contrasts": contrasts, "packs": stamps,
    }  # fmt: skip
    return Profile(**given | more)


def _domain(name: Domain, mine: list[ScaleResult]) -> DomainResult:
    head = next((one for one in mine if one.status == "ok"), None)
    evidence = head.kind.value if head else "not_scored" if mine else "not_assessed"
    return DomainResult(domain=name, evidence=evidence, headline=head, scales=tuple(mine))
