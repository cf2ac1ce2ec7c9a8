"""Cross-validation and bootstrap: who is fitted, who is tried, and figures that a plain computation gives as well."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pytest
from norming_made_up import Straight

from otscore.errors import Issue, UsageError
from otscore.norming.fit.bootstrap import bootstrap_scores, bootstrap_values
from otscore.norming.fit.cross_validation import PERCENTS, cross_validate, hold_out, raw_errors
from otscore.norming.fit.samples import Sample, sample


def children(n: int = 300, seed: int = 4) -> Sample:
    rng = np.random.default_rng(seed)
    age = rng.uniform(5, 8, n)
    return sample(2 * age + 4 * rng.standard_normal(n), age, rng.uniform(0.5, 2, n))


def fit_mean(found: Sample) -> Straight:
    """The weighted mean of raw less 2 age; SD 4 is known."""
    return Straight(start=float(np.average(found.raw - 2 * found.age, weights=found.weight)), limits=(-9, 9))


class Seen:
    """A fit that keeps the samples it was given."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    def __call__(self, found: Sample) -> Straight:
        self.samples.append(found)
        return fit_mean(found)


def test_every_child_is_tried_once_and_not_fitted_then() -> None:
    found, fit = children(101), Seen()
    told = cross_validate(found, fit, folds=5)
    assert sorted(told.n_tried.tolist()) == [20, 20, 20, 20, 21]
    assert (told.n_tried + told.n_fitted == 101).all()
    left_out = [set(found.raw.tolist()) - set(one.raw.tolist()) for one in fit.samples]
    assert sum(map(len, left_out)) == 101 and set.union(*left_out) == set(found.raw.tolist())


def test_folds_are_spread_over_ages() -> None:
    fit = Seen()
    found = children(300)
    cross_validate(found, fit, folds=3)
    assert max(one.age.mean() for one in fit.samples) - min(one.age.mean() for one in fit.samples) < 0.02


def test_figures_of_a_fold_by_hand() -> None:
    found, fit = children(90), Seen()
    told = cross_validate(found, fit, folds=3, log_score=lambda model, tried: -0.5 * model.score(tried.raw, tried.age).z ** 2)
    for place, fitted in enumerate(fit.samples):
        tried = ~np.isin(found.raw, fitted.raw)
        weight = found.weight[tried] / found.weight[tried].mean()
        start = np.average(fitted.raw - 2 * fitted.age, weights=fitted.weight)
        z = (found.raw[tried] - 2 * found.age[tried] - start) / 4
        mean = np.average(z, weights=weight)
        assert told.mean_z[place] == pytest.approx(mean, abs=1e-12)
        assert told.sd_z[place] == pytest.approx(np.sqrt(np.average((z - mean) ** 2, weights=weight)), abs=1e-12)
        assert told.log_score[place] == pytest.approx(np.average(-0.5 * z**2, weights=weight), abs=1e-12)
    assert told.untold.tolist() == [0.0, 0.0, 0.0]


def test_the_raw_error_is_the_ranked_probability_score() -> None:
    """Against the closed form for a normal curve (Gneiting & Raftery 2007, equation 21), to the grid of 20 percentiles."""
    raw = np.array([4.0, 11.0, 13.0, 19.0])
    z = (raw - 11) / 4
    normal = NormalDist()
    exact = [4 * (x * (2 * normal.cdf(x) - 1) + 2 * normal.pdf(x) - 1 / np.sqrt(np.pi)) for x in z]
    assert raw_errors(Straight(limits=(-9, 9)), sample(raw, np.full(4, 5.5))) == pytest.approx(exact, rel=0.03, abs=0.03)
    assert PERCENTS.size == 20


def test_a_better_model_has_the_lower_error() -> None:
    found = children(400)
    right = cross_validate(found, fit_mean)
    flat = cross_validate(found, lambda some: Straight(start=float(some.raw.mean()), slope=0.0, limits=(-9, 9)))
    assert right.raw_error.mean() < flat.raw_error.mean()
    assert abs(right.sd_z.mean() - 1) < abs(flat.sd_z.mean() - 1)


def test_the_seed_decides() -> None:
    one, same, other = (hold_out(children(), fit_mean, times=3, seed=seed) for seed in (1, 1, 2))
    assert one.mean_z.tolist() == same.mean_z.tolist() != other.mean_z.tolist()
    assert one.n_tried.tolist() == [60, 60, 60]


def test_who_gets_no_standing_is_said() -> None:
    def half_blind(found: Sample) -> Straight:
        return Straight(bent=lambda z, raw: np.where(raw > 13, np.nan, z), limits=(-9, 9))

    told = hold_out(children(200), half_blind, share=0.5, times=1)
    assert 0.3 < told.untold[0] < 0.7 and np.isfinite(told.mean_z[0])


@pytest.mark.parametrize("folds", [1, 31])
def test_folds_that_cannot_be(folds: int) -> None:
    with pytest.raises(UsageError, match="2 folds or more"):
        cross_validate(children(30), fit_mean, folds=folds)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shares_that_cannot_be(share: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        hold_out(children(30), fit_mean, share=share)


def test_bands_of_a_mean_are_those_of_its_standard_error() -> None:
    """The curve moves with the mean, whose standard error is known: SD 4 by the root of the effective number of children."""
    found = children(400)
    bands = bootstrap_values(found, fit_mean, (-1.0, 0.0, 1.0), (5.5, 7.0), times=400)
    whole = fit_mean(found)
    assert bands.figure == pytest.approx(np.array([[whole.start + 2 * age + 4 * z for z in (-1, 0, 1)] for age in (5.5, 7.0)]))
    error = 4 / np.sqrt(found.effective_n)
    assert bands.error == pytest.approx(error, rel=0.15)
    assert bands.high - bands.low == pytest.approx(2 * 1.645 * error, rel=0.2)
    assert (bands.low < bands.figure).all() and (bands.figure < bands.high).all()


def test_bands_of_scores_are_in_z() -> None:
    found = children(400)
    bands = bootstrap_scores(found, fit_mean, (9.0, 15.0), (5.5,), times=300)
    assert bands.figure.shape == (1, 2)
    assert bands.error == pytest.approx(1 / np.sqrt(found.effective_n), rel=0.15)


def test_children_are_drawn_with_their_weights() -> None:
    found, fit = children(60), Seen()
    bootstrap_values(found, fit, (0.0,), (6.0,), times=5)
    pairs = dict(zip(found.raw.tolist(), found.weight.tolist(), strict=True))
    for one in fit.samples[1:]:
        assert one.n == 60
        ratio = one.weight / [pairs[raw] for raw in one.raw.tolist()]
        assert ratio == pytest.approx(ratio[0])
        assert len(set(one.raw.tolist())) < 60


def test_the_same_seed_draws_the_same() -> None:
    one, same, other = (bootstrap_values(children(), fit_mean, (0.0,), (6.0,), times=20, seed=seed) for seed in (1, 1, 2))
    assert one.low.tolist() == same.low.tolist() != other.low.tolist()


def test_samples_that_cannot_be_fitted_are_counted_and_at_last_refused() -> None:
    def often_failing(every: int):  # type: ignore[no-untyped-def]
        calls = iter(range(1000))

        def fit(found: Sample) -> Straight:
            if next(calls) % every == every - 1:
                raise UsageError(Issue("made_up", "cannot be fitted"))
            return fit_mean(found)

        return fit

    assert bootstrap_values(children(), often_failing(20), (0.0,), (6.0,), times=40).failed == 2
    with pytest.raises(UsageError, match="could not be fitted to 20 of 40 samples"):
        bootstrap_values(children(), often_failing(2), (0.0,), (6.0,), times=40)


def test_a_fit_without_an_end_counts_as_failed() -> None:
    """A model that says of itself that it has not converged is no draw of the norms."""

    @dataclass(frozen=True)
    class Unfinished(Straight):
        converged: bool = True

    calls = iter(range(1000))

    def fit(found: Sample) -> Straight:
        return Unfinished(start=fit_mean(found).start, converged=next(calls) % 20 != 19)

    assert bootstrap_values(children(), fit, (0.0,), (6.0,), times=40).failed == 2


@pytest.mark.parametrize(("times", "level"), [(1, 0.9), (10, 1.0), (10, 0.0)])
def test_a_bootstrap_that_cannot_be(times: int, level: float) -> None:
    with pytest.raises(UsageError, match="a level lies between 0 and 1"):
        bootstrap_values(children(), fit_mean, (0.0,), (6.0,), times=times, level=level)
