"""Change over several profiles: where the child was, and what of it is more than chance."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.progress_models import Occasion, Progress, Step, Trajectory
from otscore.report.document import Block, Bullets, Section, Sub, Text, table
from otscore.report.foreign import LONG, foreign
from otscore.report.planned import goal_scores, value_in_words
from otscore.report.says import age_in_words
from otscore.report.words import Words

COLUMNS = ("step", "age", "value", "z", "interval", "to_know")
METHODS = ("jacobson_truax",)


def progress_section(progress: Progress, words: Words) -> Section:
    """A table and sentences for each scale, the goals, and what is not told."""
    blocks: list[Block] = [block for one in progress.trajectories for block in _trajectory(one, words)]
    if progress.goals:
        told = (words("progress.goals", number=str(place), scores=goal_scores(one, words)) for place, one in enumerate(progress.goals, 1))
        blocks += [Sub(words("heading.goals")), Bullets(tuple(told))]
    if progress.refused:
        blocks += [Sub(words("heading.refused")), Bullets(tuple(foreign(one, LONG) for one in progress.refused))]
    return Section("progress", words("heading.progress"), tuple(blocks) or (Text(words("progress.none")),))


def _trajectory(one: Trajectory, words: Words) -> Iterator[Block]:
    caption = words("caption.trajectory", scale=words.name(one.scale, one.pack), pack=words.name(one.pack), domain=words.domain(one.domain))
    if one.informant:
        caption += f", {words('column.informant')}: {words.name(one.informant)}"
    if one.measure:
        caption += f", {words('column.measure')}: {words(f'measure.{one.measure}')}"
    head = tuple(words(f"column.{name}") for name in COLUMNS)
    rows = [_occasion(place, occasion, words) for place, occasion in enumerate(one.occasions, 1)]
    yield from table(caption, head, rows, frozenset((3,)))
    if one.steps:
        yield Bullets(tuple(_step(step, one, words) for step in one.steps))


def _occasion(place: int, one: Occasion, words: Words) -> tuple[str, ...]:
    age = one.corrected_age_days if one.age_basis == "corrected" and one.corrected_age_days is not None else one.age_days
    interval = ""
    if one.z_low is not None and one.z_high is not None:
        interval = words("result.range", low=words.number(one.z_low, 2), high=words.number(one.z_high, 2))
    why = "" if one.status == "ok" else words(f"status.{one.status}")
    basis = words("basis_age.corrected") if one.age_basis == "corrected" else ""
    told = "; ".join(filter(None, (why, basis)))
    return words("progress.visit", number=str(place)), age_in_words(age, words), value_in_words(one.value, one.se, words), words.number(one.z, 2), interval, told


def _step(step: Step, one: Trajectory, words: Words) -> str:
    before, after = (words("progress.number", number=str(place + 1)) for place in (step.before, step.after))
    return words("progress.step", before=before, after=after, text=" ".join(_sentences(step, one, words)))


def _sentences(step: Step, one: Trajectory, words: Words) -> Iterator[str]:
    if step.reason is not None:
        yield f"{words('progress.reason', reason=foreign(step.reason, LONG))}."
    elif step.change is not None:
        yield f"{_change(step, one.measure or 'raw', words)}."
    if step.z_change is not None:
        yield words(f"progress.z_{step.z_direction or 'unknown'}", change=words.number(step.z_change, 2, sign=True))
    if step.gained_but_fell_behind:
        yield words("progress.fell_behind")
    if step.method:
        yield words("progress.method", method=words(f"progress.{step.method}") if step.method in METHODS else foreign(step.method.replace("_", " ")))
    if step.flags:
        flags = (words(f"flag.{flag}") if f"flag.{flag}" in words.texts else foreign(flag.replace("_", " ")) for flag in step.flags)
        yield words("progress.to_know", flags="; ".join(flags))


def _change(step: Step, measure: str, words: Words) -> str:
    told = {"measure": words(f"measure.{measure}"), "change": words.number(step.change, sign=True)}
    if step.mdc90 is None:
        text = words("progress.change", **told)
    else:
        text = words("progress.change_mdc", **told, level="90", mdc=words.number(step.mdc90))
    return f"{text}: {words(f'progress.{step.direction}')}" if step.direction else text
