"""What a user of the pack must know of its norms, in sentences made of the fit itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from otscore.norming.build.domains.made import Checked, Made
from otscore.norming.fit.rasch.held_out import MEAN_WITHIN, SD_WITHIN
from otscore.norming.fit.rasch.same_test import CLOSE


def notices(made: Sequence[Made]) -> list[str]:
    """How the norms hold in cohorts left out, domain by domain."""
    every = [checked for one in made for checked in one.checked]
    counted = {verdict: sum(checked.verdict == verdict for checked in every) for verdict in ("ok", "cohort", "open")}
    means = [checked.cell.mean_z for checked in every]
    summary = (
        f"Checked in cohorts left out of the fit, {len(every)} cells of domain, cohort and third of the ages: {counted['ok']} have mean z within {MEAN_WITHIN} of 0 "
        f"and its SD within {SD_WITHIN} of 1 (ok). In {counted['cohort']} more the plain totals of the same test at the same age show the same difference from a cohort of the "
        f"fit, within {CLOSE} SD: it is one of the cohorts - their children, examiners and translation - and not of the scale (cohort). In {counted['open']} "
        f"no cohort of the fit had the same test at these ages, or its totals say otherwise: cohort and scale cannot be told apart (open). Mean z runs from "
        f"{min(means):.2f} to {max(means):.2f}: where a child lives, and who tests it how, moves z by up to so much."
    )
    return [summary, *(line for one in made for line in _lines(one))]


def _lines(one: Made) -> Iterator[str]:
    found = one.norm
    published = int((found.kept & found.difficulties.published).sum())
    agreements = ", ".join(f"{12 * low:.0f}-{12 * high:.0f} mo {a.correlation:.2f}" for (low, high), a in one.agreements.items())
    largest = max((a.largest_difference for a in one.agreements.values()), default=float("nan"))
    yield (
        f"{one.recipe.id}: {int(found.kept.sum())} of {found.kept.size} items tried count, {published} by published difficulty. Two tests of the same child of the fit "
        f"correlate within age: {agreements}; their mean z differ by {largest:.2f} at most."
    )
    cells = "; ".join(_cell(checked) for checked in one.checked)
    own = "; ".join(f"{c.cohort} {12 * c.age_from:.0f}-{12 * c.age_to:.0f} mo {c.mean_z:.2f}/{c.sd_z:.2f}" for c in one.fitted)
    yield f"{one.recipe.id}, mean z/SD of z in cohorts left out: {cells}. In those of the fit: {own}."


def _cell(checked: Checked) -> str:
    cell = checked.cell
    return f"{cell.cohort} {12 * cell.age_from:.0f}-{12 * cell.age_to:.0f} mo {cell.mean_z:.2f}/{cell.sd_z:.2f} {checked.verdict}"
