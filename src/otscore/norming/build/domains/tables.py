"""The tables of the pack, and those beside the recipe that show how it was made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from otscore.norming.build.domains.data import Data
from otscore.norming.build.domains.made import Made
from otscore.norming.build.domains.recipe import DomainsRecipe
from otscore.norming.fit.rasch.held_out import Cell

Row = dict[str, str]


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A table as CSV with line ends of one kind."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def item_rows(data: Data, made: Sequence[Made]) -> list[Row]:
    """items.csv: all items of the domains, those that do not count too, so that none is unknown."""
    domain = {one.recipe.name: one.recipe.domain.value for one in made}
    return [{"item": item, "options": "pass_fail", "domain": domain[name]} for item, name in sorted(data.items.items()) if name in domain]


def difficulty_rows(made: Sequence[Made]) -> list[Row]:
    """Difficulties of the items that count."""
    found = {item: tau for one in made for item, tau in one.norm.tau.items()}
    return [{"item": item, "tau": f"{found[item]:.2f}"} for item in sorted(found)]


def norm_rows(recipe: DomainsRecipe, made: Sequence[Made]) -> list[Row]:
    """Mean and SD of the estimated ability at nodes of age in years; between them on a straight line."""
    rows = []
    for one in made:
        low, high = one.norm.plan.ages
        steps = range(round((high - low) / recipe.fit.node_years) + 1)
        ages = np.array([low + step * recipe.fit.node_years for step in steps])
        for age, mean, sd in zip(ages, one.norm.norm.mean(ages), one.norm.norm.sd(ages), strict=True):
            rows.append({"scale": one.recipe.id, "age": f"{age:.4g}", "mean": f"{mean:.3f}", "sd": f"{sd:.4f}"})
    return rows


def reliability_rows(made: Sequence[Made]) -> list[Row]:
    """psychometrics.csv: two tests of the same children, by part of the ages."""
    return [
        {
            "scale": one.recipe.id, "age_from": f"{low:.4g}", "age_to": f"{high:.4g}", "statistic": "reliability", "metric": "score",
            "value": f"{found.correlation:.2f}", "source": "two_tests",
        }
        for one in made for (low, high), found in one.agreements.items()
    ]  # fmt: skip


def agreement_rows(made: Sequence[Made]) -> list[Row]:
    """The same with the pairs of tests counted, and how far their mean z are apart at most."""
    return [
        {
            "scale": one.recipe.id, "months_from": f"{12 * low:.0f}", "months_to": f"{12 * high:.0f}", "pairs": str(found.pairs),
            "correlation": f"{found.correlation:.2f}", "largest_difference": f"{found.largest_difference:.2f}",
        }
        for one in made for (low, high), found in one.agreements.items()
    ]  # fmt: skip


def fit_rows(made: Sequence[Made]) -> list[Row]:
    """Every item tried: difficulty, its standard error, fit, and whether it counts."""
    rows = []
    for one in made:
        found = one.norm.difficulties
        for place, item in enumerate(found.items):
            answered = found.n[place] > 0
            rows.append({
                "scale": one.recipe.id, "item": item, "tau": f"{found.tau[place]:.2f}", "published": "yes" if found.published[place] else "no",
                "se": "" if found.published[place] else f"{found.se[place]:.2f}", "n": str(found.n[place]), "passed": str(found.passed[place]),
                "expected": f"{found.expected[place]:.1f}" if answered else "", "infit": f"{found.infit[place]:.2f}" if answered else "",
                "outfit": f"{found.outfit[place]:.2f}" if answered else "", "counts": "yes" if one.norm.kept[place] else "no",
            })  # fmt: skip
    return rows


def check_rows(made: Sequence[Made]) -> list[Row]:
    """Cohorts left out, by domain and third of the ages; those of the fit after them."""
    rows = []
    for one in made:
        for checked in one.checked:
            row = _cell(one, checked.cell) | {"verdict": checked.verdict}
            if (beside := checked.beside) is not None:
                row |= {
                    "test": checked.test, "beside": beside.with_cohort, "beside_visits": str(beside.visits), "difference_z": f"{beside.difference_z:.2f}",
                    "difference_raw": f"{beside.difference_raw:.2f}", "ratio_z": f"{beside.ratio_z:.2f}", "ratio_raw": f"{beside.ratio_raw:.2f}",
                }  # fmt: skip
            rows.append(row)
        rows += [_cell(one, cell) | {"verdict": "fit"} for cell in one.fitted]
    return rows


def _cell(one: Made, c: Cell) -> Row:
    return {
        "scale": one.recipe.id, "cohort": c.cohort, "months_from": f"{12 * c.age_from:.0f}", "months_to": f"{12 * c.age_to:.0f}", "visits": str(c.visits),
        "mean_items": f"{c.mean_items:.1f}", "mean_z": f"{c.mean_z:.2f}", "se_z": f"{c.se_z:.2f}", "sd_z": f"{c.sd_z:.2f}",
    }  # fmt: skip


def sample_rows(recipe: DomainsRecipe, data: Data, made: Sequence[Made]) -> list[Row]:
    """Visits by domain, cohort and age band of three months: all with an answer to an item that counts, and those with enough."""
    return [row for one in made for row in _sample(recipe, data, one)]


def _sample(recipe: DomainsRecipe, data: Data, one: Made) -> Iterator[Row]:
    answers = data.answers[one.recipe.name].with_items(set(one.norm.tau))
    band = np.floor(answers.age * 4).astype(np.int64)
    part = {**dict.fromkeys(recipe.cohorts.fit, "fit"), **dict.fromkeys(recipe.cohorts.check, "check")}
    for cohort in (*recipe.cohorts.fit, *recipe.cohorts.check):
        for number in np.unique(band[answers.cohort == cohort]):
            there = answers.answered[(answers.cohort == cohort) & (band == number)]
            yield {
                "scale": one.recipe.id, "cohort": cohort, "part": part[cohort], "months_from": str(3 * number), "months_to": str(3 * number + 3),
                "visits": str(there.size), "visits_scored": str(int((there >= recipe.fit.min_answered).sum())), "median_items": f"{np.median(there):g}",
            }  # fmt: skip
