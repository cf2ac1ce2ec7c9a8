"""An earlier or another profile beside this one: may they be put side by side, and by how many SDs did a domain change?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from otscore.codes import Domain
from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile, ScaleResult
from otscore.profile.needs import is_open
from otscore.profile.plan_models import Need
from otscore.profile.text import domain_words

SAME = ("digest", "norm_group", "age_basis", "rounding", "estimator", "relevance", "historic_scale", "logit", "prior_without_age")
"""What must be the same in the stamps of a pack: else it is not the child that changed."""


def check_others(profile: Profile, others: Iterable[Profile]) -> tuple[Profile, ...]:
    """Profiles of the same child by other informants. Raises UsageError for another child, or where no pack is the same."""
    found = tuple(others)
    for other in found:
        _check(profile, other, "others")
        if not shared_packs(profile, other):
            hint = "Score the answers of both with the same pack, version, norm group and options"
            raise UsageError(Issue("not_comparable", "another informant's profile has no pack in common with this one", hint, field="others"))
    return found


def check_earlier(profile: Profile, earlier: Profile | None) -> None:
    """Raises UsageError for another child, or where the earlier profile is the later one."""
    if earlier is None:
        return
    _check(profile, earlier, "earlier")
    if profile.age_days is not None and earlier.age_days is not None and earlier.age_days >= profile.age_days:
        hint = "Call plan() of the later profile, and hand it the earlier one"
        raise UsageError(Issue("not_earlier", "the child is not younger in the earlier profile", hint, field="earlier"))


def _check(profile: Profile, other: object, field: str) -> None:
    if not isinstance(other, Profile):
        raise UsageError(Issue("no_profile", f"{field} takes profiles", "Write what Battery.score or Scorer.score gave", field=field))
    if profile.id is not None and other.id is not None and profile.id != other.id:
        raise UsageError(Issue("other_child", f"the profile in {field} has another id", "Both must be of one child", field=field))


def shared_packs(profile: Profile, other: Profile) -> set[str]:
    """The packs that scored both in the same way."""
    theirs = {stamp.pack: stamp for stamp in other.packs}
    return {own.pack for own in profile.packs if own.pack in theirs and all(getattr(own, name) == getattr(theirs[own.pack], name) for name in SAME)}


def changes_of_standing(profile: Profile, earlier: Profile | None, found: Sequence[Need]) -> tuple[dict[Domain, float], list[str]]:
    """SDs that the headline of each domain changed by since the earlier profile, and why the others tell no change.

    Only the same scale of the same pack, norm group and options with the same informant is compared; open scores are not.
    """
    if earlier is None:
        return {}, []
    shared = shared_packs(profile, earlier)
    changes, refused = {}, []
    for need in found:
        before = _same_scale(earlier, need)
        reason = _reason(profile, earlier, need, before, shared)
        if reason is None and before is not None and before.z is not None:
            changes[need.domain] = need.z - before.z
        else:
            refused.append(f"change in {domain_words(need.domain)}: {reason}")
    return changes, refused


def _reason(profile: Profile, earlier: Profile, need: Need, before: ScaleResult | None, shared: set[str]) -> str | None:
    if need.pack not in {stamp.pack for stamp in earlier.packs}:
        return f"the earlier profile does not hold {need.pack}, and scores of different tests or editions are not subtracted"
    if need.pack not in shared:
        return f"{need.pack} was scored with other norms or options in the earlier profile"
    if profile.age_basis != earlier.age_basis:
        return "age was corrected for prematurity in one of the profiles only"
    if before is None or before.z is None:
        return f"the earlier profile has no score of {need.pack} {need.scale} by the same informant"
    if is_open(before) or {"score_or_less", "score_or_more"}.intersection(need.flags):
        return 'a score that only says "or less" or "or more" cannot be subtracted'
    return None


def _same_scale(profile: Profile, need: Need) -> ScaleResult | None:
    scales = (result for domain in profile.domains for result in domain.scales)
    return next((one for one in scales if (one.pack, one.scale, one.informant) == (need.pack, need.scale, need.informant)), None)
