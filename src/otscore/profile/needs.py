"""Normative needs and strengths: where the headline of a domain lies among children of the age, as a point and as an interval."""

from __future__ import annotations

from math import isfinite

from otscore.codes import Domain
from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile, ScaleResult
from otscore.profile.plan_models import Need, Side

NEED_BELOW, STRENGTH_ABOVE = -1.0, 1.0
OR_LESS, OR_MORE = "score_or_less", "score_or_more"


def needs(profile: Profile, below: float = NEED_BELOW, above: float = STRENGTH_ABOVE) -> tuple[Need, ...]:
    """The headline of every domain that has a z, against two thresholds in SDs.

    By point it is a need below the lower threshold and a strength above the upper one; by interval only where the whole interval
    lies there. Without a published interval, and of an open score, nothing is said by interval. An index of validity is no need.
    Raises UsageError where the thresholds are no numbers, or the wrong way round.
    """
    check_thresholds(below, above)
    heads = (domain.headline for domain in profile.domains if domain.domain is not Domain.VALIDITY)
    return tuple(_need(head, head.z, below, above) for head in heads if head is not None and head.z is not None)


def check_thresholds(below: float, above: float) -> None:
    """Raises UsageError unless both are numbers and the need lies below the strength."""
    if not (isfinite(below) and isfinite(above) and below < above):
        hint = "Both are numbers of SDs from the mean, for example need_below=-1, strength_above=1"
        raise UsageError(Issue("thresholds", "the threshold of a need must lie below that of a strength", hint, field="need_below"))


def is_open(result: ScaleResult) -> bool:
    """Whether the score says only "or less" or "or more"."""
    return OR_LESS in result.flags or OR_MORE in result.flags


def _need(head: ScaleResult, z: float, below: float, above: float) -> Need:
    low, high = (None, None) if is_open(head) else (head.z_low, head.z_high)
    return Need(
        domain=head.domain, pack=head.pack, scale=head.scale, informant=head.informant, z=z, z_low=low, z_high=high,
        ci_level=None if low is None else head.ci_level, by_point=_side(z, z, below, above),
        by_interval=None if low is None or high is None else _side(low, high, below, above), flags=head.flags,
    )  # fmt: skip


def _side(low: float, high: float, below: float, above: float) -> Side:
    return "need" if high < below else "strength" if low > above else "neither"
