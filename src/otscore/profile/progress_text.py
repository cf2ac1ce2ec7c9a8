"""Progress in words: what changed beyond error of measurement, what that means among children of the same age, what is not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from otscore.kernel.age_equivalent import age_equivalent_text
from otscore.profile.progress_models import Direction, Occasion, ProblemChange, Progress, Step, Trajectory
from otscore.profile.text import one_line

HEAD = ("scale", "age", "measure", "standing (z)", "to know")
DAYS_PER_MONTH = 30.4375
DOMAIN_WORDS = {"self_care": "self-care"}

WORDS = {
    ("gained", "up"): "gained skills, and more than children of the same age",
    ("gained", "no_reliable_change"): "gained skills; no reliable change of standing among children of the same age",
    ("gained", "down"): "gained skills, but children of the same age gained more",
    ("gained", None): "gained skills",
    ("no_reliable_change", "up"): "no reliable change of skills; the standing among children of the same age rose",
    ("no_reliable_change", "no_reliable_change"): "no reliable change of skills, nor of standing among children of the same age",
    ("no_reliable_change", "down"): "no reliable change of skills; the standing among children of the same age fell",
    ("no_reliable_change", None): "no reliable change of skills",
    ("lost", "up"): "shows less skill than before, yet the standing among children of the same age rose: look at both results",
    ("lost", "no_reliable_change"): "shows less skill than before; no reliable change of standing among children of the same age",
    ("lost", "down"): "shows less skill than before, and stands lower among children of the same age",
    ("lost", None): "shows less skill than before",
}
STANDING = {
    "up": "the standing among children of the same age rose; whether skills were gained it does not say",
    "down": "the standing among children of the same age fell: slower gain as well as loss can be behind it",
    "no_reliable_change": "no reliable change of standing among children of the same age; skills may have been gained",
}
PLAIN = {"up": "the score rose", "down": "the score fell", "no_reliable_change": "no reliable change of the score"}
METHODS = {
    "jacobson_truax": "change over the root of both squared standard errors (Jacobson & Truax 1991); practice and regression to the mean are not taken off",
    "chelune": "change less the gain by repetition, by the error of the first occasion (Chelune et al. 1993)",
    "iverson": "change less the gain by repetition, by the errors of both occasions (Iverson 2001)",
    "temkin": "change less that of a stable sample, in SDs of its changes (Temkin et al. 1999)",
    "regression": "result less the one predicted from the first by regression in a stable sample (McSweeny et al. 1993; Crawford & Howell 1998)",
}
FLAGS = {
    "age_basis_changed": "norms were read at another kind of age (corrected, chronological)",
    "short_interval": "less than three months apart",
    "figures_of_one_retest": "the figures are those of one retest, and there was another occasion between",
}
GAS_NOTE = "T is 50 where goals are reached as expected, and about 50 on average over many children; the start depends on the level set as baseline."


def progress_text(progress: Progress) -> str:
    """Progress as plain text: what was measured when, what that says, goals, and how it was computed."""
    table = [HEAD, *_rows(progress)]
    widths = [max(len(row[place]) for row in table) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    parts = [[_title(progress)], lines, *(["", head, *(f"  - {one}" for one in said)] for head, said in _sections(progress))]
    return "\n".join(line for part in (parts[0], [""], *parts[1:]) for line in part)


def progress_html(progress: Progress) -> str:
    """The same as an HTML fragment without scripts or outside assets."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in HEAD)
    rows = "".join(_html_row(row) for row in _rows(progress))
    told = "".join(f"<p>{escape(head)}</p><ul>{''.join(f'<li>{escape(one)}</li>' for one in said)}</ul>" for head, said in _sections(progress))
    return f"<table><caption>{escape(_title(progress))}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{told}"


def _html_row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"


def step_words(trajectory: Trajectory, step: Step) -> str:
    """What a step says, in a sentence; why it says nothing, where it does not."""
    said = _said(trajectory, step)
    flags = [FLAGS[flag] for flag in step.flags if flag in FLAGS]
    return "; ".join([said, *flags])


def _said(trajectory: Trajectory, step: Step) -> str:
    if step.reason is not None:
        standing = f"; {STANDING[step.z_direction]}" if step.z_direction else ""
        return f"change is not told: {step.reason}{standing}{_z_figures(step)}"
    assert step.direction is not None
    if trajectory.measure == "standard_score" and (moved := _of_ability(trajectory, step.direction)):
        return f"{STANDING[moved]}{_figures(step)}"
    if step.skill is None:
        return f"{PLAIN[step.direction]}{_figures(step)}{_z_figures(step)}"
    untold = f"; change of standing is not told: {step.z_reason}" if step.z_reason else ""
    return f"{WORDS[step.skill, step.z_direction]}{_figures(step)}{_z_figures(step)}{untold}"


def _of_ability(trajectory: Trajectory, direction: Direction) -> Direction | None:
    """The direction of a standard score, turned where a high one says little ability."""
    if trajectory.higher_is == "less_able":
        return {"up": "down", "down": "up"}.get(direction, direction)  # type: ignore[return-value]
    return direction if trajectory.higher_is == "more_able" else None


def _figures(step: Step) -> str:
    expected = f", {_signed(step.expected)} expected" if step.expected else ""
    return f" ({_signed(step.change)}{expected}; from {_number(step.mdc90, 3)} on beyond error at 90 %)"


def _z_figures(step: Step) -> str:
    return "" if step.z_change is None else f" (z {step.z_change + 0.0:+.2f}, standard error {_number(step.z_se, 2)})"


def _sections(progress: Progress) -> Iterator[tuple[str, list[str]]]:
    """Heads with what stands below them; only those that say something."""
    for one in progress.trajectories:
        if one.steps:
            yield _name(one), _of_steps(one)
    if progress.goals:
        yield "Goals (goal attainment scaling)", [*_goals(progress), GAS_NOTE]
    if progress.problems:
        yield "Problems the family named, mean ratings from 1 to 10", [_problem(one) for one in progress.problems]
    if alone := [f"{_name(one)}: {one.reason}" for one in progress.trajectories if one.reason]:
        yield "Not followed", alone
    if others := [one for one in progress.refused if one.startswith("goals: ")]:
        yield "Not told", others
    if progress.trajectories:
        yield "How it was computed", list(_notes(progress))


def _of_steps(trajectory: Trajectory) -> list[str]:
    """A sentence for each step; one for all where they say the same."""
    said = [step_words(trajectory, step) for step in trajectory.steps]
    if len(said) > 1 and len(set(said)) == 1:
        return [f"at every step: {said[0]}"]
    return [f"from {_at(trajectory, step.before)} to {_at(trajectory, step.after)}: {words}" for step, words in zip(trajectory.steps, said, strict=True)]


def _notes(progress: Progress) -> Iterator[str]:
    methods = dict.fromkeys(step.method for one in progress.trajectories for step in one.steps)
    for method in methods:
        yield f"Reliable change at {progress.level * 100:g} %, two-sided: {METHODS[method]}."
    yield "A change beyond error is no proof of its cause, and not yet one that matters in daily life."


def _goals(progress: Progress) -> Iterator[str]:
    for place, one in enumerate(progress.goals, 1):
        reached = "not rated yet" if one.t_reached is None else f"T {one.t_reached:.1f} reached"
        change = "" if one.change is None else f", {one.change:+.1f} from the start"
        yield f"review {place}: {len(one.goals)} goals, T {one.t_baseline:.1f} at the start, T {one.t_expected:.1f} expected, {reached}{change}"


def _problem(one: ProblemChange) -> str:
    told = f"review {one.before + 1} to {one.after + 1}, {one.n_problems} problems"
    figures = [f"{name} {_signed(value)}" for name, value in (("performance", one.performance), ("satisfaction", one.satisfaction)) if value is not None]
    return f"{told}: {', '.join([*figures, *([one.reason] if one.reason else [])])}"


def _rows(progress: Progress) -> Iterator[tuple[str, ...]]:
    for one in progress.trajectories:
        name = _name(one)
        for occasion in one.occasions:
            if occasion.status != "not_given":
                yield name, _age(occasion), _measure(one, occasion), _standing(occasion), _to_know(occasion)
                name = ""


def _name(one: Trajectory) -> str:
    domain = DOMAIN_WORDS.get(one.domain, one.domain.value.replace("_", " "))
    return f"{domain}: {one.pack} {one.scale}" + (f" ({one_line(one.informant)})" if one.informant else "")


def _measure(trajectory: Trajectory, occasion: Occasion) -> str:
    if occasion.value is not None:
        error = "" if occasion.se is None else f" +/- {_number(occasion.se, 3)}"
        return f"{(trajectory.measure or '').replace('_', ' ')} {_number(occasion.value)}{error}"
    if occasion.score is None:
        return ""
    if occasion.metric == "age_equivalent":
        return f"age equivalent {age_equivalent_text(occasion.score)}"
    return f"{(occasion.metric or 'score').replace('_', ' ')} {_number(occasion.score)}"


def _standing(occasion: Occasion) -> str:
    if occasion.z is None:
        return ""
    if occasion.z_low is None or occasion.z_high is None:
        return _sd(occasion.z)
    level = "" if occasion.ci_level is None else f" ({occasion.ci_level * 100:g} %)"
    return f"{_sd(occasion.z)}, {_sd(occasion.z_low)} to {_sd(occasion.z_high)}{level}"


def _to_know(occasion: Occasion) -> str:
    status = [] if occasion.status == "ok" else [occasion.status]
    return ", ".join((*status, *occasion.flags)).replace("_", " ")


def _at(trajectory: Trajectory, place: int) -> str:
    return _age(trajectory.occasions[place])


def _age(occasion: Occasion) -> str:
    if occasion.age_days is None:
        return "age unknown"
    corrected = occasion.age_basis == "corrected" and occasion.corrected_age_days is not None
    return _months(occasion.age_days) + (f" ({_months(occasion.corrected_age_days)} corrected)" if corrected else "")


def _months(days: float | None) -> str:
    months = (days or 0.0) / DAYS_PER_MONTH
    return f"{days:.0f} days" if abs(months) < 2 else f"{months:.1f} months"


def _title(progress: Progress) -> str:
    who = "Progress" if progress.id is None else f"Progress of {one_line(str(progress.id))}"
    return f"{who}, {len(progress.ages_days)} occasions"


def _number(value: float | None, digits: int = 5) -> str:
    return "" if value is None else f"{value + 0.0:.{digits}g}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value + 0.0:+.5g}"


def _sd(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"
