"""The domains of one pack against one another: which lie off the child's own mean by more than error of measurement makes?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from otscore.batch import Floats
from otscore.codes import Domain
from otscore.errors import Issue, UsageError
from otscore.kernel.contrast import bonferroni, difference_p, holm, own_mean_difference, own_mean_se
from otscore.profile.models import Profile, ScaleResult
from otscore.profile.needs import is_open
from otscore.profile.plan_models import DomainPair, Ipsative, OwnDifference

Correction = Literal["holm", "bonferroni"]
CORRECTIONS = {"holm": holm, "bonferroni": bonferroni}
LEVEL = 0.95
LEAST = 2
"""A mean of one domain is that domain."""
NO_DOMAINS = (Domain.VALIDITY, Domain.GENERAL)


def ipsative(profile: Profile, level: float = LEVEL, correction: Correction = "holm") -> tuple[Ipsative, ...]:
    """One comparison for each pack and informant: its domains against the child's own mean over them, in SDs.

    A domain is told by its headline, where that is of the pack, else by the most precise scale of the pack; scores without a
    standard error, open scores, general scores and composites of several domains are left out. Difference and standard error
    by Davis 1959, Journal of Educational Psychology 50, 162-170; p corrected for the number of
    differences. Different packs have different norm samples, and are never compared. Raises UsageError for a level not between
    0 and 1, or another correction.
    """
    check_level(level)
    check_correction(correction)
    groups = {(result.pack, result.informant): None for result in _scored(profile)}
    return tuple(_compared(profile, pack, informant, level, correction) for pack, informant in groups)


def check_level(level: float) -> None:
    """Raises UsageError unless the level lies between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise UsageError(Issue("level", "a level lies between 0 and 1", "Write level=0.95 for 95 %", field="level"))


def check_correction(correction: str) -> None:
    """Raises UsageError for a correction that is not known."""
    if correction not in get_args(Correction):
        hint = f"It is one of: {', '.join(CORRECTIONS)}"
        raise UsageError(Issue("correction", "there is no such correction for several comparisons", hint, field="correction"))


def _scored(profile: Profile) -> Iterable[ScaleResult]:
    """The results with a z that stand for one domain."""
    for domain in profile.domains:
        if domain.domain not in NO_DOMAINS:
            yield from (result for result in domain.scales if result.z is not None and not result.spans)


def _compared(profile: Profile, pack: str, informant: str, level: float, correction: Correction) -> Ipsative:
    found = [result for result in _scored(profile) if (result.pack, result.informant) == (pack, informant)]
    chosen = _one_of_each(profile, [result for result in found if result.z_se is not None and result.z_se > 0.0 and not is_open(result)])
    reason = _reason(found, chosen)
    mean = None if reason else float(np.mean([result.z for result in chosen if result.z is not None]))
    return Ipsative(
        pack=pack, informant=informant, level=level, correction=correction, own_mean=mean,
        differences=() if reason else _differences(profile, chosen, level, correction),
        pairs=() if reason else tuple(_pair(first, second) for first, second in combinations(chosen, 2)), reason=reason,
    )  # fmt: skip


def _one_of_each(profile: Profile, results: Sequence[ScaleResult]) -> list[ScaleResult]:
    """The result that stands for each domain, in the order of the profile."""
    chosen = []
    for domain in profile.domains:
        mine = [result for result in results if result.domain is domain.domain]
        if mine:
            chosen.append(min(mine, key=lambda result: (not _is_same(result, domain.headline), result.z_se)))
    return chosen


def _is_same(result: ScaleResult, head: ScaleResult | None) -> bool:
    return head is not None and (result.pack, result.scale, result.informant) == (head.pack, head.scale, head.informant)


def _reason(found: Sequence[ScaleResult], chosen: Sequence[ScaleResult]) -> str | None:
    if len(chosen) >= LEAST:
        return None
    here = len({result.domain for result in found})
    if here < LEAST:
        return f"scores in fewer than {LEAST} domains: there is no mean of several to differ from"
    return f"a standard error is known in {len(chosen)} of {here} domains, and at least {LEAST} are needed: a difference cannot be told from error of measurement"


def _differences(profile: Profile, chosen: Sequence[ScaleResult], level: float, correction: Correction) -> tuple[OwnDifference, ...]:
    z, sem = (np.array([[getattr(result, name) for result in chosen]], dtype=np.float64) for name in ("z", "z_se"))
    difference, se = own_mean_difference(z, LEAST), own_mean_se(sem)
    p = difference_p(difference, se)
    columns = [_listed(one) for one in (difference, se, p, CORRECTIONS[correction](p))]
    rates = _base_rates(profile, chosen)
    return tuple(
        OwnDifference(
            domain=result.domain, scale=result.scale, z=float(result.z or 0.0), difference=away, se=error, p=chance, p_adjusted=adjusted,
            significant=adjusted < 1.0 - level, base_rate=rates.get(result.scale),
        )
        for result, away, error, chance, adjusted in zip(chosen, *columns, strict=True)
    )  # fmt: skip


def _listed(row: Floats) -> list[float]:
    return [float(value) for value in row[0]]


def _base_rates(profile: Profile, chosen: Sequence[ScaleResult]) -> dict[str, float | None]:
    """Of the comparison with the own mean over these very scales: over others the mean is another, and so is the difference."""
    pack, names = chosen[0].pack, {result.scale for result in chosen}
    own = [one for one in profile.contrasts if one.pack == pack and one.kind == "own_mean"]
    for comparison in dict.fromkeys(one.comparison for one in own):
        rates = {one.scale: one.base_rate for one in own if one.comparison == comparison}
        if rates.keys() == names:
            return rates
    return {}


def _pair(first: ScaleResult, second: ScaleResult) -> DomainPair:
    """Told apart where the intervals have nothing in common."""
    relation: Literal["higher", "lower", "not_distinguishable"] = "not_distinguishable"
    if first.z_low is not None and second.z_high is not None and first.z_low > second.z_high:
        relation = "higher"
    elif first.z_high is not None and second.z_low is not None and first.z_high < second.z_low:
        relation = "lower"
    return DomainPair(first=first.domain, second=second.domain, relation=relation)
