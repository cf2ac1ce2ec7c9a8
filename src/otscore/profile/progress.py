"""Several profiles of one child become trajectories, scale by scale, with what changed and what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.profile.goals import goal_scores
from otscore.profile.models import Profile, ScaleResult
from otscore.profile.plan_models import Goal, GoalScores, Problem
from otscore.profile.problems import problem_changes
from otscore.profile.progress_models import Method, Occasion, Progress, RetestFigures, Trajectory
from otscore.profile.progress_steps import Visit, step
from otscore.profile.reliable import METHODS, OF_PRACTICE, OF_RETEST, Rule
from otscore.version import __version__

Key = tuple[str, str, str]
NOT_GIVEN = "not_given"


def progress(
    profiles: Sequence[Profile], *, level: float = 0.9, goals: Sequence[Sequence[Goal]] = (), rho: float = 0.3,
    copm: Sequence[Sequence[Problem]] = (), method: Method = "jacobson_truax",
    practice: Mapping[tuple[str, str], float] | None = None, figures: Sequence[RetestFigures] = (),
) -> Progress:  # fmt: skip
    """What several profiles of one child say of change, each step with its error of measurement.

    profiles : two or more, in any order, also read from JSON (``Profile.model_validate_json``). level : two-sided level of reliable
    change. goals : the goals as rated at each review, for goal attainment scaling with ``rho``. copm : the family's problems as rated at
    each review. method : the formula by which change of a measure is judged:

    - ``jacobson_truax``: change over the root of both squared standard errors, each that of its occasion; practice is not taken off
      (Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12).
    - ``chelune``: less the gain by repetition, by the error of the first occasion twice (Chelune et al. 1993, Neuropsychology 7, 41-52).
    - ``iverson``: less the gain by repetition, by both errors (Iverson 2001, Archives of Clinical Neuropsychology 16, 183-191).
    - ``temkin``: less the mean change of a stable sample, in SDs of its changes (Temkin et al. 1999, JINS 5, 357-369).
    - ``regression``: less what regression on the first occasion predicts, with the error of prediction of a sample of n: t with n - 2
      degrees of freedom (McSweeny et al. 1993, The Clinical Neuropsychologist 7, 300-312; Crawford & Howell 1998).

    practice : (pack, scale) -> points of the measure gained by repetition, for chelune and iverson. figures : retest figures, for
    temkin and regression. A scale without its figures has a reason instead of a change. Change of standing (z) is always judged by the
    errors of both occasions.

    Raises UsageError for fewer than two profiles, profiles of different children, a level outside 0 to 1, an unknown method, figures
    that the method does not use. What cannot be compared - other norms, forms, informants or options - is no
    error: it has its reason in the step.
    """
    rule = _rule(level, method, practice, figures)
    profiles = _in_order(profiles)
    trajectories = tuple(_trajectory(key, profiles, rule) for key in _keys(profiles))
    reviews = tuple(one for one in (goal_scores(review, rho) for review in goals) if one is not None)
    return Progress(
        library_version=__version__, id=profiles[0].id, level=level, ages_days=tuple(one.age_days for one in profiles), trajectories=trajectories,
        goals=reviews, problems=problem_changes(copm),
        packs=tuple(dict.fromkeys(pack for one in profiles for pack in one.packs)),
        refused=(*_refused(trajectories), *_refused_goals(reviews)),
    )  # fmt: skip


def _rule(level: float, method: Method, practice: Mapping[tuple[str, str], float] | None, figures: Sequence[RetestFigures]) -> Rule:
    if not 0.0 < level < 1.0:
        raise UsageError(Issue("level", "the level lies between 0 and 1", "Write level=0.9 for 90 %", field="level"))
    if method not in METHODS:
        raise UsageError(Issue("method", "there is no such formula of change", f"It is one of: {', '.join(METHODS)}", field="method"))
    for name, given, users in (("practice", practice, OF_PRACTICE), ("figures", figures, OF_RETEST)):
        if given and method not in users:
            hint = f"Name the method that uses them ({' or '.join(users)}), or leave them out"
            raise UsageError(Issue("figures_unused", f"{method} does not use `{name}`", hint, field=name))
        if not given and method in users:
            raise UsageError(Issue("figures_missing", f"{method} needs `{name}`", "Give the published figures of your scales", field=name))
    if len({(one.pack, one.scale) for one in figures}) < len(figures):
        raise UsageError(Issue("figures_twice", "`figures` names a scale twice", "Give one set of figures for each pack and scale", field="figures"))
    return Rule(method, level, dict(practice or {}), tuple(figures))


def _in_order(profiles: Sequence[Profile]) -> list[Profile]:
    """Youngest first; those without an age last, as they were given."""
    profiles = list(profiles)
    if not all(isinstance(one, Profile) for one in profiles):
        raise UsageError(Issue("profiles", "progress is told of profiles", "Read one from JSON with Profile.model_validate_json", field="profiles"))
    if len(profiles) < 2:
        raise UsageError(Issue("profiles_few", "progress needs two profiles or more", "Score the child at a second occasion", field="profiles"))
    if len({(type(one.id), one.id) for one in profiles}) > 1:
        hint = "Give profiles of one child, with the `id` written alike in each, or in none"
        raise UsageError(Issue("other_children", "the profiles are not of the same child", hint, field="profiles"))
    return sorted(profiles, key=lambda one: float("inf") if one.age_days is None else one.age_days)


def _results(profile: Profile) -> Iterator[ScaleResult]:
    for domain in profile.domains:
        yield from domain.scales


def _key(result: ScaleResult) -> Key:
    return result.pack, result.scale, result.informant


def _keys(profiles: Sequence[Profile]) -> list[Key]:
    """Every pack, scale and informant with a result at one occasion at least, in the order of the profiles."""
    return list(dict.fromkeys(_key(one) for profile in profiles for one in _results(profile) if one.status == "ok"))


def _trajectory(key: Key, profiles: Sequence[Profile], rule: Rule) -> Trajectory:
    visits = [_visit(key, profile) for profile in profiles]
    results = [one.result for one in visits if one.result is not None]
    last = results[-1]
    steps = tuple(step(visits, before, after, rule) for before, after in _pairs(visits))
    return Trajectory(
        pack=key[0], scale=key[1], informant=key[2], domain=last.domain, measure=last.measure, higher_is=last.higher_is,
        occasions=tuple(map(_occasion, visits)), steps=steps, reason=None if steps else _why_alone(key, profiles),
    )  # fmt: skip


def _visit(key: Key, profile: Profile) -> Visit:
    result = next((one for one in _results(profile) if _key(one) == key), None)
    return Visit(profile, next((one for one in profile.packs if one.pack == key[0]), None), result)


def _pairs(visits: Sequence[Visit]) -> list[tuple[int, int]]:
    """From each occasion that has the scale to the next, over those without a result too, and from the first result to the last."""
    given = [place for place, one in enumerate(visits) if one.result is not None]
    scored = [place for place in given if visits[place].value is not None] or given
    whole = (scored[0], scored[-1])
    pairs = {*zip(given, given[1:], strict=False), *zip(scored, scored[1:], strict=False)} - {whole}
    return sorted(pairs) + ([whole] if whole[0] < whole[1] else [])


def _occasion(visit: Visit) -> Occasion:
    result, profile = visit.result, visit.profile
    shown: dict[str, Any] = dict.fromkeys(("score", "metric", "z", "z_low", "z_high", "ci_level"))
    if result is not None:
        shown = {name: getattr(result, name) for name in shown}
    known = result is not None and visit.value is not None
    return Occasion(
        age_days=profile.age_days, corrected_age_days=profile.corrected_age_days, age_basis=visit.age_basis, value=visit.value,
        se=result.measure_se if known and result is not None else None, **shown, status=result.status if result else NOT_GIVEN,
        flags=result.flags if result else (),
    )  # fmt: skip


def _why_alone(key: Key, profiles: Sequence[Profile]) -> str:
    """Why a scale that stands in one profile alone cannot be followed."""
    pack, scale, _ = key
    others = {_key(one) for profile in profiles for one in _results(profile) if one.scale == scale} - {key}
    if any(other[0] == pack for other in others):
        said = sorted(other[2] or "nobody named" for other in others if other[0] == pack)
        return f"somebody else answered at the other occasions ({', '.join(said)}): two people's answers differ without any change of the child"
    instrument = pack.partition("@")[0]
    editions = sorted({other[0] for other in others if other[0].partition("@")[0] == instrument})
    if editions:
        return f"the other occasions were scored with another edition or form of the instrument ({', '.join(editions)})"
    return "the scale was given at one occasion only"


def _refused(trajectories: Sequence[Trajectory]) -> Iterator[str]:
    for one in trajectories:
        said = f", {one.informant}" if one.informant else ""
        told = f"{one.pack} {one.scale}{said}: "
        if one.reason is not None:
            yield told + one.reason
        elif all(step.reason is not None and step.z_reason is not None for step in one.steps):
            yield told + (one.steps[-1].reason or "")


def _refused_goals(reviews: Sequence[GoalScores]) -> Iterator[str]:
    if len({frozenset(goal.goal for goal in review.goals) for review in reviews}) > 1:
        yield "goals: the reviews do not hold the same goals, so their T scores are not subtracted from one another"
