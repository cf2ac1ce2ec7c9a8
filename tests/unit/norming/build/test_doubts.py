"""Age bands that are doubtful: said where the model is wrong, and not where chance is at work."""

from __future__ import annotations

import numpy as np
import pytest
from norming_made_up import recipe
from scipy import stats

from otscore.norming.build.doubts import crowded, few, misfit
from otscore.norming.fit import fit_beta_binomial, fit_taylor, rank_by_window, residuals, sample
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample

EDGES = np.arange(3.0, 13.0)


def children(seed: int, n: int = 25) -> Sample:
    """Items passed of 24, n children a year from 3 to below 12: nearly none at 3, nearly all at 11."""
    rng = np.random.default_rng(seed)
    age = np.repeat(EDGES[:-1], n) + rng.random(9 * n)
    share = 1.0 / (1.0 + np.exp(-(0.9 * (age - 6.5) + 0.8 * rng.standard_normal(9 * n))))
    return sample(rng.binomial(24, share), age)


def said(model: NormModel, found: Sample) -> str:
    return " ".join(misfit("hop", residuals(model, found, EDGES), found, "years"))


def test_a_model_that_does_not_bend_as_the_children_do() -> None:
    found = children(606)
    text = said(fit_taylor(found, rank_by_window(found, 1.0), score_power=4, age_power=1), found)
    assert text.startswith("hop: the model does not fit the children of ")
    assert "mean z" in text and "Try another model" in text


def test_a_model_that_fits_is_left_alone() -> None:
    texts = [said(fit_beta_binomial(found, 24), found) for found in map(children, range(12))]
    assert [text for text in texts if text] == []


@pytest.mark.parametrize(("shift", "spread", "expected"), [(0.0, 1.0, ""), (0.8, 1.0, "5 to below 6 years (mean z 0.80)"), (0.0, 1.8, "(SD 1.80)"), (0.05, 1.0, "")])
def test_mean_and_spread_of_one_band(shift: float, spread: float, expected: str) -> None:
    z = stats.norm.ppf((np.arange(50) + 0.5) / 50)
    z = (z - z.mean()) / z.std(ddof=1)
    age = np.repeat([5.5, 6.5, 7.5], 50)
    found = sample(np.concatenate([shift + spread * z, z, z]), age)

    class Standard:
        limits, ages = (-9.0, 9.0), (5.0, 8.0)

        def score(self, raw, age):
            from otscore.norming.fit import NormScore

            return NormScore(raw, np.zeros(raw.size, dtype=np.int8))

    text = " ".join(misfit("hop", residuals(Standard(), found, [5, 6, 7, 8]), found, "years"))  # type: ignore[arg-type]
    assert (expected in text) if expected else text == ""


@pytest.mark.parametrize(("n", "told"), [(4, False), (5, True)])
def test_the_mean_of_few_children_is_not_told(n: int, told: bool) -> None:
    """It would nearly be the z of one child."""
    raw = np.concatenate([np.full(n, 2.5) + np.linspace(-0.1, 0.1, n), stats.norm.ppf((np.arange(50) + 0.5) / 50)])
    found = sample(raw, np.concatenate([np.full(n, 5.5), np.full(50, 6.5)]))

    class Standard:
        limits, ages = (-9.0, 9.0), (5.0, 8.0)

        def score(self, raw, age):
            from otscore.norming.fit import NormScore

            return NormScore(raw, np.zeros(raw.size, dtype=np.int8))

    text = " ".join(misfit("hop", residuals(Standard(), found, [5, 6, 7]), found, "years"))  # type: ignore[arg-type]
    assert ("mean z 2.50" in text) == told


def test_many_small_bands_in_one_line() -> None:
    assert list(few("hop", np.array([16, 9, 40, 12, 29, 11]), [3, 4, 5, 6, 7, 8, 9], "years")) == [
        "hop: fewer than 30 children in 5 of 6 age bands, 9 in that from 4 to below 5 years"
    ]
    assert list(few("hop", np.array([16, 90]), [3, 4, 5], "years")) == ["hop, 3 to below 4 years: 16 children only"]


def test_many_children_at_one_end_of_the_scale() -> None:
    """At 5: 2 of 10 at 0, by weight 3 of 11; at 6: 1 of 10, too few to say; at 7: half of them at the ceiling of 20."""
    raw = [0, 0, *range(3, 11), 0, *range(3, 12), *[20] * 5, *range(11, 16)]
    age = np.repeat([5.5, 6.5, 7.5], 10)
    weight = np.where(np.arange(30) == 0, 2.0, 1.0)
    scale = recipe(scale={"range": [0, 20]}).scales[0]
    assert list(crowded("hop", sample(raw, age, weight), scale, [5, 6, 7, 8], "years")) == [
        "hop: many children have the lowest raw score that can occur, 0, at 5 to below 6 years (27 %); the test does not tell them apart",
        "hop: many children have the highest raw score that can occur, 20, at 7 to below 8 years (50 %); the test does not tell them apart",
    ]
