"""What to measure again: the measure that shows progress, its error, and the least change that would be more than error."""

from __future__ import annotations

from collections.abc import Sequence

from otscore.codes import Domain
from otscore.kernel.change import mdc
from otscore.profile.models import DomainResult, Profile, ScaleResult
from otscore.profile.needs import is_open
from otscore.profile.plan_models import FollowUp

LEVEL = 0.9
PREFERRED = {"ability": 0, "growth": 0, "raw": 1, "standard_score": 2}
NO_ERROR = "no standard error is published for this scale, so a change cannot be told from error of measurement"
OPEN = 'the score only says "or less" or "or more", so a change cannot be told'


def follow_up(profile: Profile) -> tuple[FollowUp, ...]:
    """For each domain with a headline one scale of its pack and informant: abilities and growth scores before raw scores, and
    standard scores, which show standing and not progress, last; among equals the headline itself.

    mdc90 = 1.645 sqrt(2) SE of the measure. Raises nothing: where no change can be told, the reason says why.
    """
    return tuple(_of_domain(domain, domain.headline) for domain in profile.domains if domain.headline is not None and domain.domain is not Domain.VALIDITY)


def _of_domain(domain: DomainResult, head: ScaleResult) -> FollowUp:
    mine = [one for one in domain.scales if (one.pack, one.informant) == (head.pack, head.informant)]
    usable = [one for one in mine if _value(one) is not None and one.measure_se is not None and one.measure_se > 0.0 and not is_open(one)]
    return _told(_best(usable, head)) if usable else _untold(head)


def _best(usable: Sequence[ScaleResult], head: ScaleResult) -> ScaleResult:
    return min(usable, key=lambda one: (PREFERRED[one.measure or ""], one.scale != head.scale))


def _value(result: ScaleResult) -> float | None:
    """The measure that change is read from."""
    if result.measure not in PREFERRED:
        return None
    return {"ability": result.ability, "raw": result.raw}.get(result.measure, result.score)


def _told(result: ScaleResult) -> FollowUp:
    return FollowUp(
        pack=result.pack, scale=result.scale, domain=result.domain, measure=result.measure, value=_value(result), se=result.measure_se,
        mdc90=float(mdc(result.measure_se or 0.0, LEVEL)), retest_days=result.retest_days, reason=None,
    )  # fmt: skip


def _untold(head: ScaleResult) -> FollowUp:
    return FollowUp(
        pack=head.pack, scale=head.scale, domain=head.domain, measure=None, value=None, se=None, mdc90=None, retest_days=head.retest_days,
        reason=OPEN if is_open(head) else NO_ERROR,
    )  # fmt: skip
