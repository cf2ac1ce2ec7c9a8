"""Change over several profiles: where the child was, and what of it is more than error of measurement."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.progress_models import Direction, Occasion, ProblemChange, Progress, Step, Trajectory
from otscore.report.document import Block, Bullets, Section, Sub, Text, table
from otscore.report.foreign import LONG, foreign
from otscore.report.planned import goal_scores, value_in_words
from otscore.report.says import age_in_words, reason_in_words
from otscore.report.words import Words

COLUMNS = ("occasion", "age", "value", "z", "interval", "to_know")
NOT_GIVEN = "not_given"
TURNED: dict[Direction, Direction] = {"up": "down", "down": "up", "no_reliable_change": "no_reliable_change"}


def progress_section(progress: Progress, words: Words) -> Section:
    """A table and sentences for each scale, the goals, the family's problems, what is not told, and how it was computed."""
    blocks: list[Block] = [block for one in progress.trajectories if one.reason is None for block in _trajectory(one, words)]
    if progress.goals:
        told = (words("progress.goals", number=str(place), scores=goal_scores(one, words)) for place, one in enumerate(progress.goals, 1))
        blocks += [Sub(words("heading.goals")), Bullets(tuple(told)), Text(words("goal.expected"), "small")]
    if progress.problems:
        blocks += [Sub(words("heading.family")), Bullets(tuple(_problem(one, words) for one in progress.problems))]
    if not_told := tuple(_not_told(progress, words)):
        blocks += [Sub(words("heading.refused")), Bullets(not_told)]
    if progress.trajectories:
        blocks += [Text(one, "small") for one in _methods(progress, words)]
    return Section("progress", words("heading.progress"), tuple(blocks) or (Text(words("progress.none")),))


def _not_told(progress: Progress, words: Words) -> Iterator[str]:
    for one in progress.trajectories:
        if one.reason is not None:
            yield f"{_name(one, words)}: {reason_in_words(one.reason, words)}"
    yield from (foreign(one, LONG) for one in progress.refused)


def _methods(progress: Progress, words: Words) -> Iterator[str]:
    for method in dict.fromkeys(step.method for one in progress.trajectories for step in one.steps):
        yield words("progress.method", level=words.number(100 * progress.level), method=words(f"change_method.{method}"))
    yield words("progress.caution")


def _name(one: Trajectory, words: Words) -> str:
    return words("caption.trajectory", scale=words.name(one.scale, one.pack), pack=words.name(one.pack), domain=words.domain(one.domain))


def _trajectory(one: Trajectory, words: Words) -> Iterator[Block]:
    caption = _name(one, words)
    if one.informant:
        caption += f", {words('column.informant')}: {words.informant(one.informant)}"
    if one.measure:
        caption += f", {words('column.measure')}: {words(f'measure.{one.measure}')}"
    head = tuple(words(f"column.{name}") for name in COLUMNS)
    rows = [_occasion(place, occasion, words) for place, occasion in enumerate(one.occasions, 1) if occasion.status != NOT_GIVEN]
    yield from table(caption, head, rows, frozenset((3,)))
    if one.steps:
        yield Bullets(tuple(_step(step, one, words) for step in one.steps))


def _occasion(place: int, one: Occasion, words: Words) -> tuple[str, ...]:
    corrected = one.age_basis == "corrected" and one.corrected_age_days is not None
    age = age_in_words(one.corrected_age_days if corrected else one.age_days, words)
    interval = ""
    if one.z_low is not None and one.z_high is not None:
        interval = words("result.range", low=words.number(one.z_low, 2), high=words.number(one.z_high, 2))
    told = [words("progress.corrected") if corrected else "", "" if one.status == "ok" else words(f"status.{one.status}"), words.listed("flag", one.flags)]
    number = words("progress.visit", number=str(place))
    return number, age, value_in_words(one.value, one.se, words), words.number(one.z, 2), interval, "; ".join(filter(None, told))


def _step(step: Step, one: Trajectory, words: Words) -> str:
    before, after = (words("progress.visit", number=str(place + 1)) for place in (step.before, step.after))
    return words("progress.step", before=before, after=after, text=" ".join(_sentences(step, one, words)))


def _sentences(step: Step, one: Trajectory, words: Words) -> Iterator[str]:
    if step.reason is not None:
        yield words("progress.reason", reason=reason_in_words(step.reason, words))
    elif step.change is not None:
        yield _change(step, one, words)
    if step.z_change is not None and one.measure != "standard_score":
        yield words(f"progress.z_{step.z_direction or 'unknown'}", change=words.number(step.z_change, 2, sign=True))
    if step.gained_but_fell_behind:
        yield words("progress.fell_behind")
    if step.z_reason is not None:
        yield words("progress.z_reason", reason=reason_in_words(step.z_reason, words))
    if step.flags:
        yield words("progress.to_know", flags=words.listed("flag", step.flags))


def _change(step: Step, one: Trajectory, words: Words) -> str:
    parts = [f"{words(f'measure.{one.measure}')} {words.number(step.change, sign=True)}"]
    if step.expected:
        parts.append(words("progress.expected", expected=words.number(step.expected, sign=True)))
    if step.mdc90 is not None:
        parts.append(words("progress.mdc", mdc=words.short(step.mdc90)))
    return words("progress.change", change="; ".join(parts), said=_said(step, one, words))


def _said(step: Step, one: Trajectory, words: Words) -> str:
    """The change in words: of skill where that is known, of standing where scores of standing are compared, else of the score."""
    direction = step.direction or "no_reliable_change"
    if one.measure == "standard_score" and one.higher_is in ("more_able", "less_able"):
        return words(f"standing.{TURNED[direction] if one.higher_is == 'less_able' else direction}")
    return words(f"score.{direction}") if step.skill is None else words(f"skill.{step.skill}")


def _problem(one: ProblemChange, words: Words) -> str:
    changes = {name: getattr(one, name) for name in ("performance", "satisfaction")}
    told = [f"{words(f'column.{name}')} {words.number(value, 1, sign=True)}" for name, value in changes.items() if value is not None]
    if one.reason is not None:
        told.append(foreign(one.reason, LONG))
    review = {"before": str(one.before + 1), "after": str(one.after + 1), "n": str(one.n_problems)}
    return words("progress.problems", **review, told="; ".join(told))
