"""What speaks for beginning with a domain: components from 0 to 10, side by side. There is no single number unless weights are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np
from scipy.special import ndtr

from otscore.codes import Domain
from otscore.errors import Issue, UsageError
from otscore.kernel.composite import weighted_sum
from otscore.profile.earlier import shared_packs
from otscore.profile.goals import family_weight
from otscore.profile.models import Profile, ScaleResult
from otscore.profile.needs import is_open
from otscore.profile.plan_models import Agreement, Components, FamilyView, Need, Priority

NAMES = tuple(Components.model_fields)
MOST = 10.0
SEVEREST_SD = 3.0


def check_weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    """The weights in the order of the components.

    Raises UsageError for a component that is not known, a weight that is no number from 0 on, or where all are 0.
    """
    given = {} if weights is None else dict(weights)
    known = f"There are: {', '.join(NAMES)}"
    issues = [Issue("weights", f"there is no component {name}", known, field="weights") for name in given if name not in NAMES]
    wrong = [name for name, value in given.items() if not _is_weight(value)]
    issues += [Issue("weights", f"the weight of {name} is no number from 0 on", "Write 0 to leave a component out", field="weights") for name in wrong if name in NAMES]
    if given and not issues and not any(given.values()):
        issues = [Issue("weights", "all weights are 0", "Give at least one component a weight above 0, or no weights", field="weights")]
    if issues:
        raise UsageError(issues)
    return {name: float(given[name]) for name in NAMES if name in given}


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0


def agreement(profile: Profile, others: Sequence[Profile], found: Sequence[Need], below: float) -> tuple[Agreement, ...]:
    """For each domain with a headline, how many of the other results with a z lie below the threshold of a need.

    Results of the profile itself beside the headline, and those of other informants on the same packs.
    """
    comparable = [(other, shared_packs(profile, other)) for other in others]
    return tuple(_agreement(need, _others(profile, comparable, need), below) for need in found)


def _others(profile: Profile, others: Sequence[tuple[Profile, set[str]]], need: Need) -> list[ScaleResult]:
    own = [result for result in _of_domain(profile, need.domain) if (result.pack, result.scale, result.informant) != (need.pack, need.scale, need.informant)]
    return own + [result for other, packs in others for result in _of_domain(other, need.domain) if result.pack in packs]


def _of_domain(profile: Profile, domain: Domain) -> list[ScaleResult]:
    return [result for one in profile.domains if one.domain is domain for result in one.scales if result.z is not None]


def _agreement(need: Need, results: Sequence[ScaleResult], below: float) -> Agreement:
    low = sum(result.z is not None and result.z < below for result in results)
    informants = tuple(dict.fromkeys(result.informant for result in results if result.informant))
    return Agreement(domain=need.domain, below=low, of=len(results), informants=informants)


def priorities(
    profile: Profile, found: Sequence[Need], agreed: Sequence[Agreement], changes: Mapping[Domain, float], family: FamilyView | None,
    below: float, weights: Mapping[str, float],
) -> tuple[Priority, ...]:  # fmt: skip
    """The domains with a z, or that the family named, with what speaks for each: in the order of the profile, or by weight.

    changes : SDs that each domain changed by since an earlier profile.
    """
    of_family = _family(family)
    need_of, agreement_of = {need.domain: need for need in found}, {one.domain: one for one in agreed}
    domains = [domain for domain in Domain if domain in need_of or domain in of_family]
    heads = {one.domain: one.headline for one in profile.domains}
    rows = []
    for domain in domains:
        head = heads.get(domain) if domain in need_of else None
        parts = Components(
            severity=_severity(head), certainty=_certainty(head, below), agreement=_share(agreement_of.get(domain)),
            change=_lost(changes.get(domain)), family=of_family.get(domain),
        )  # fmt: skip
        rows.append(Priority(domain=domain, components=parts, weighted=_weighted(parts, weights)))
    return tuple(sorted(rows, key=_by_weight)) if weights else tuple(rows)


def _by_weight(one: Priority) -> float:
    return -one.weighted if one.weighted is not None else float("inf")


def _severity(head: ScaleResult | None) -> float | None:
    return None if head is None or head.z is None else _scaled(-head.z / SEVEREST_SD)


def _certainty(head: ScaleResult | None, below: float) -> float | None:
    """By the normal curve around z; nothing of an open score."""
    if head is None or head.z is None or not head.z_se or is_open(head):
        return None
    return MOST * float(ndtr((below - head.z) / head.z_se))


def _share(agreed: Agreement | None) -> float | None:
    return None if agreed is None or agreed.of == 0 else MOST * agreed.below / agreed.of


def _lost(change: float | None) -> float | None:
    return None if change is None else _scaled(-change)


def _scaled(share: float) -> float:
    return MOST * min(max(0.0, share), 1.0)


def _family(family: FamilyView | None) -> dict[Domain, float]:
    """The largest of each domain: a problem weighs no less because a small one stands beside it."""
    found: dict[Domain, float] = {}
    for problem in family.problems if family is not None else ():
        weight = family_weight(problem)
        if problem.domain is not None and weight is not None:
            found[problem.domain] = max(weight, found.get(problem.domain, 0.0))
    return found


def _weighted(parts: Components, weights: Mapping[str, float]) -> float | None:
    """Mean over the components that are known, by their weights; None where no weight is on any of them."""
    known = {name: value for name in weights if (value := getattr(parts, name)) is not None}
    given = np.array([weights[name] for name in known])
    if not given.sum() > 0.0:
        return None
    return float(weighted_sum(np.array(list(known.values())), given) / given.sum())
