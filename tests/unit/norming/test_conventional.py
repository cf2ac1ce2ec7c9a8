"""Norms band by band, by mean and SD and by ranks, against plain counting."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.bands import bands, by_band
from otscore.norming.fit.conventional import fit_band_ranks, fit_mean_sd, weighted_mean_sd
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.rank import mid_rank
from otscore.norming.fit.samples import Sample, sample

RAW = [3.0, 5, 5, 8, 2, 2, 6, 9, 11]
AGE = [4.0, 4.9, 4.2, 4.99, 5, 5.5, 5.1, 6.99, 6]
EDGES = [4, 5, 7]
Z = NormalDist().inv_cdf


def children(descending: bool = False, weight: list[float] | None = None) -> Sample:
    return sample(RAW, AGE, weight, descending)


def test_bands_are_half_open() -> None:
    assert bands(EDGES).place([3.99, 4, 4.999999, 5, 6.9, 7, np.nan]).tolist() == [-1, 0, 0, 1, 1, -1, -1]
    parts = by_band(children(), bands(EDGES))
    assert [part.raw.tolist() for part in parts] == [[3, 5, 5, 8], [2, 2, 6, 9, 11]]
    weighted = by_band(children(weight=[1.0, 2, 3, 4, 5, 6, 7, 8, 9]), bands(EDGES))
    assert [part.weight.mean() for part in weighted] == pytest.approx([1, 1])


@pytest.mark.parametrize("edges", [[4], [4, 4], [5, 4], [4, np.nan, 6]])
def test_edges_that_are_refused(edges: list[float]) -> None:
    with pytest.raises(UsageError, match="edges of the bands"):
        bands(edges)


def test_an_empty_band_is_named() -> None:
    with pytest.raises(UsageError, match=r"7 to 8, 9 to 10\. join") as caught:
        by_band(sample([1, 2], [4, 8]), bands([4, 7, 8, 9, 10]))
    assert caught.value.issues[0].code == "band_empty"


def test_ranks_by_counting() -> None:
    """n (weight below + half the weight at) / all + 1/2, child by child; without weights the ordinary average ranks."""
    assert mid_rank([3, 5, 5, 8], np.ones(4)).tolist() == [1, 2.5, 2.5, 4]
    x, weight = [3.0, 5, 5, 8, 1], [2.0, 1, 3, 1, 0.5]
    expected = []
    for one in x:
        below = sum(w for other, w in zip(x, weight, strict=True) if other < one)
        same = sum(w for other, w in zip(x, weight, strict=True) if other == one)
        expected.append(5 * (below + same / 2) / sum(weight) + 0.5)
    np.testing.assert_allclose(mid_rank(x, weight), expected, rtol=1e-14)


def test_weighted_mean_and_sd() -> None:
    assert weighted_mean_sd(np.array([3.0, 5, 5, 8]), np.ones(4)) == pytest.approx((5.25, np.std([3, 5, 5, 8], ddof=1)))
    mean, sd = weighted_mean_sd(np.array([1.0, 4.0]), np.array([3.0, 1.0]))
    assert (mean, sd) == pytest.approx((1.75, (3 * 0.75**2 + 2.25**2) ** 0.5 / (4 - 10 / 4) ** 0.5))
    assert weighted_mean_sd(np.array([1.0, 4.0]), np.array([30.0, 10.0])) == pytest.approx((mean, sd))
    assert np.isnan(weighted_mean_sd(np.array([1.0]), np.array([1.0]))[1])


@pytest.mark.parametrize(("descending", "side"), [(False, 1), (True, -1)])
def test_mean_and_sd_by_band(descending: bool, side: int) -> None:
    model: NormModel = fit_mean_sd(children(descending), EDGES)
    raw, age = np.array([6.0, 6.0, 6.0, 1e6, -1e6]), np.array([4.5, 6.0, 7.0, 4.0, 4.0])
    found = model.score(raw, age)
    expected = [side * (6 - 5.25) / np.std(RAW[:4], ddof=1), side * (6 - 6) / np.std(RAW[4:], ddof=1), np.nan, 3 * side, -3 * side]
    np.testing.assert_allclose(found.z, expected, atol=1e-12)
    assert found.off_scale.tolist() == [0, 0, 0, side, -side]
    np.testing.assert_allclose(model.value(found.z[:2], age[:2]), [6, 6])
    assert np.isnan(model.value(np.array([0.0, 3.1]), np.array([7.0, 4.0]))).all()
    assert (model.method, model.n, model.n_parameters, model.ages, model.limits) == ("mean_sd", 9, 4, (4, 7), (-3, 3))


def test_a_band_of_one_raw_score_has_no_sd() -> None:
    with pytest.raises(UsageError, match="no two raw scores differ"):
        fit_mean_sd(sample([4, 4, 5, 6], [1, 1, 2, 2]), [1, 2, 3])


@pytest.mark.parametrize(("descending", "side"), [(False, 1), (True, -1)])
def test_ranks_by_band(descending: bool, side: int) -> None:
    model: NormModel = fit_band_ranks(children(descending), EDGES)
    seen = {3: Z(0.5 / 4), 5: Z(2 / 4), 8: Z(3.5 / 4)}
    raw = np.array([3.0, 4.0, 5.0, 7.0, 8.0, 2.0, 9.0, 5.0])
    found = model.score(raw, np.array([4.5] * 7 + [7.0]))
    middle = (seen[3] + seen[5]) / 2, seen[5] + 2 / 3 * (seen[8] - seen[5])
    expected = [seen[3], middle[0], seen[5], middle[1], seen[8], seen[3], seen[8], np.nan]
    np.testing.assert_allclose(found.z, side * np.array(expected), atol=1e-12)
    assert found.off_scale.tolist() == [side * one for one in (-1, 0, 0, 0, 1, -1, 1, 0)]
    np.testing.assert_allclose(model.value(side * np.array(expected[:5]), np.full(5, 4.5)), raw[:5])
    assert np.isnan(model.value(np.array([-2.9, 2.9, 0.0]), np.array([4.5, 4.5, 8.0]))).all()
    assert (model.n, model.ages) == (9, (4, 7))


def test_limits_are_the_widest_of_the_bands() -> None:
    assert fit_band_ranks(children(), EDGES).limits == pytest.approx((Z(0.5 / 4), Z(4.5 / 5)))
    assert fit_band_ranks(children(descending=True), EDGES).limits == pytest.approx((-Z(4.5 / 5), -Z(0.5 / 4)))


def test_ranks_with_weights_are_those_of_children_counted_repeatedly() -> None:
    """z of a raw score: share of weight below it and half of that at it."""
    times = [1, 2, 3, 1, 2, 1, 1, 3, 2]
    weighted = fit_band_ranks(sample(RAW, AGE, times), EDGES)
    repeated = fit_band_ranks(sample(np.repeat(RAW, times), np.repeat(AGE, times)), EDGES)
    for one, other in zip(weighted.z, repeated.z, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
