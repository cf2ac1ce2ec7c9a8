"""Box-Cox curves fitted to children who were drawn from known ones, and what the models tell of a child."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from otscore.errors import UsageError
from otscore.kernel.bccg import bccg_value, bccg_z
from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import lms_value, lms_z
from otscore.norming.fit.boxcox import BoxCoxModel, fit_bccg, fit_bct, fit_lms
from otscore.norming.fit.model import LikelihoodModel
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import NaturalSpline, PenalisedSpline, Polynomial, Shape, Spline

Floats = NDArray[np.float64]
STRAIGHT, BENT, CONSTANT = Polynomial(1), Polynomial(3), Polynomial(0)


def true_curves(age: Floats) -> tuple[Floats, Floats, Floats]:
    """L, M and S of made-up children of 5 to 15 years."""
    a = (age - 10) / 5
    return 0.4 - 0.5 * a, np.exp(3 + 0.4 * a - 0.1 * a**2), np.exp(-1.6 + 0.1 * a)


def drawn(n: int = 2000, seed: int = 1, **options: Any) -> Sample:
    random = np.random.default_rng(seed)
    age = random.uniform(5, 15, n)
    return sample(lms_value(np.clip(random.normal(size=n), -4, 4), *true_curves(age)), age, **options)


@pytest.fixture(scope="module")
def children() -> Sample:
    return drawn()


@pytest.fixture(scope="module")
def lms(children: Sample) -> BoxCoxModel:
    return fit_lms(children, STRAIGHT, BENT, STRAIGHT)


def test_the_curves_come_back() -> None:
    """Within 4 standard errors or so of 20,000 children."""
    ages = np.array([5.0, 8.0, 10.0, 13.0, 15.0])
    found = fit_lms(drawn(20_000, 3), STRAIGHT, BENT, STRAIGHT).nodes(ages)
    power, median, spread = true_curves(ages)
    assert np.abs(found["l"] - power).max() < 0.2
    assert np.abs(found["m"] / median - 1).max() < 0.015
    assert np.abs(found["s"] / spread - 1).max() < 0.04


def test_the_tails_come_back() -> None:
    random = np.random.default_rng(5)
    age = random.uniform(5, 15, 5_000)
    power, median, spread = true_curves(age)
    raw = bct_value(random.normal(size=age.size), median, spread, power, 5.0)
    found = fit_bct(sample(raw, age), STRAIGHT, BENT, STRAIGHT, CONSTANT).nodes(np.array([6.0, 14.0]))
    assert found["tau"] == pytest.approx([5, 5], abs=1)
    expected = true_curves(np.array([6.0, 14.0]))
    assert found["nu"] == pytest.approx(expected[0], abs=0.25)
    assert found["mu"] == pytest.approx(expected[1], rel=0.02)
    assert found["sigma"] == pytest.approx(expected[2], rel=0.06)


def test_children_without_heavy_tails_have_a_normal_curve(children: Sample) -> None:
    truncated, student = fit_bccg(children, STRAIGHT, BENT, STRAIGHT), fit_bct(children, STRAIGHT, BENT, STRAIGHT, CONSTANT)
    assert student.log_likelihood == pytest.approx(truncated.log_likelihood, abs=1.5)
    np.testing.assert_allclose(student.nodes([6, 10, 14])["mu"], truncated.nodes([6, 10, 14])["mu"], rtol=0.01)


def test_no_other_curve_is_likelier(children: Sample, lms: BoxCoxModel) -> None:
    """Any coefficient a little more or less lowers the likelihood, worked by the formula of the method."""

    def likelihood(power: Floats, median: Floats, spread: Floats) -> float:
        z = ((children.raw / median) ** power - 1) / (power * spread)
        slope = (children.raw / median) ** power / (spread * children.raw)
        return float((children.weight * (np.log(slope) - z**2 / 2 - np.log(2 * np.pi) / 2)).sum())

    power, median, spread = lms.nodes(children.age).values()
    best = likelihood(power, median, spread)
    assert best == pytest.approx(lms.log_likelihood, abs=1e-6)
    a = (children.age - 10) / 5
    for degree in range(4):
        for step in (-1e-3, 1e-3):
            bend = step * a**degree
            assert likelihood(power, median * np.exp(bend), spread) < best
            if degree < 2:
                assert likelihood(power + 10 * bend, median, spread) < best
                assert likelihood(power, median, spread * np.exp(bend)) < best


@pytest.mark.parametrize("median", [BENT, Spline(5.0)])
def test_a_weight_of_three_is_three_children(median: Shape) -> None:
    one = drawn(400, 7)
    times = np.resize([1, 2, 3], one.n)
    thrice = sample(np.repeat(one.raw, times), np.repeat(one.age, times))
    weighted = fit_lms(sample(one.raw, one.age, times), STRAIGHT, median, CONSTANT)
    repeated = fit_lms(thrice, STRAIGHT, median, CONSTANT)
    for name, column in weighted.nodes([5.5, 10, 14.5]).items():
        np.testing.assert_allclose(column, repeated.nodes([5.5, 10, 14.5])[name], rtol=1e-5)
    assert weighted.log_likelihood / one.n == pytest.approx(repeated.log_likelihood / thrice.n, rel=1e-9)
    plain = fit_lms(one, STRAIGHT, median, CONSTANT)
    assert np.abs(plain.nodes([10.0])["m"] / weighted.nodes([10.0])["m"] - 1)[0] > 1e-4


def test_the_unit_of_weights_does_not_matter(children: Sample) -> None:
    times = np.resize([1.0, 2.5], children.n)
    one, other = (fit_lms(sample(children.raw, children.age, unit * times), STRAIGHT, BENT, CONSTANT) for unit in (1, 5000))
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)


def test_the_unit_of_the_measurement_and_of_age_does_not_matter(children: Sample, lms: BoxCoxModel) -> None:
    other = fit_lms(sample(children.raw * 1000, children.age * 365.25), STRAIGHT, BENT, STRAIGHT)
    for name, factor in (("l", 1), ("m", 1000), ("s", 1)):
        np.testing.assert_allclose(other.nodes(np.array([6, 14]) * 365.25)[name], lms.nodes([6, 14])[name] * factor, rtol=1e-5)


def test_parameters_and_freedom(children: Sample, lms: BoxCoxModel) -> None:
    assert lms.n_parameters == 2 + 4 + 2
    assert fit_bct(children, CONSTANT, BENT, STRAIGHT, CONSTANT).n_parameters == 1 + 4 + 2 + 1
    assert fit_lms(children, CONSTANT, NaturalSpline((0.05, 0.5, 0.95)), CONSTANT).n_parameters == 1 + 3 + 1
    asked = fit_lms(children, CONSTANT, Spline(6.0), Spline(3.0))
    assert asked.curves.freedoms == pytest.approx((1, 6, 3), abs=1e-4)
    assert asked.n_parameters == pytest.approx(10, abs=1e-3)
    again = fit_lms(children, CONSTANT, *(PenalisedSpline(smoothing) for smoothing in asked.curves.smoothings[1:]))
    assert again.curves.freedoms == pytest.approx((1, 6, 3), abs=1e-3)
    np.testing.assert_allclose(again.nodes([7, 13])["m"], asked.nodes([7, 13])["m"], rtol=1e-6)


def test_the_smoother_the_straighter(children: Sample) -> None:
    fits = [fit_lms(children, STRAIGHT, PenalisedSpline(smoothing), CONSTANT) for smoothing in (1e-2, 1e1, 1e4, 1e10)]
    freedoms = [fit.curves.freedoms[1] for fit in fits]
    assert freedoms == sorted(freedoms, reverse=True)
    assert 2 <= freedoms[-1] < 2.001 < 12 < freedoms[0] <= 23
    assert [fit.log_likelihood for fit in fits] == sorted((fit.log_likelihood for fit in fits), reverse=True)
    straight = fit_lms(children, STRAIGHT, STRAIGHT, CONSTANT)
    np.testing.assert_allclose(fits[-1].nodes([6, 14])["m"], straight.nodes([6, 14])["m"], rtol=1e-5)
    assert fits[-1].log_likelihood == pytest.approx(straight.log_likelihood, abs=0.01)


@pytest.mark.parametrize("shape", [Spline(5.0), NaturalSpline()])
def test_splines_go_on_straight_outside_the_sample(children: Sample, shape: Shape) -> None:
    model = fit_lms(children, CONSTANT, shape, CONSTANT)
    low, high = model.ages
    log_median = np.log(model.nodes([low - 2, low - 1, low, high, high + 1, high + 2])["m"])
    assert log_median[1] - log_median[0] == pytest.approx(log_median[2] - log_median[1], abs=1e-9)
    assert log_median[4] - log_median[3] == pytest.approx(log_median[5] - log_median[4], abs=1e-9)
    near = np.log(model.nodes([low, low + 1e-4])["m"])
    assert (near[1] - near[0]) / 1e-4 == pytest.approx(log_median[1] - log_median[0], abs=1e-3)


def test_z_is_that_of_the_kernels(children: Sample) -> None:
    raw, age = np.array([12.0, 20.0, 26.0]), np.array([6.0, 10.0, 14.0])
    a, b = fit_lms(children, STRAIGHT, BENT, STRAIGHT), fit_bccg(children, STRAIGHT, BENT, STRAIGHT)
    c = fit_bct(children, STRAIGHT, BENT, STRAIGHT, CONSTANT)
    n = a.nodes(age)
    np.testing.assert_array_equal(a.score(raw, age).z, lms_z(raw, n["l"], n["m"], n["s"]))
    n = b.nodes(age)
    np.testing.assert_array_equal(b.score(raw, age).z, bccg_z(raw, n["mu"], n["sigma"], n["nu"]))
    np.testing.assert_array_equal(b.value(np.full(3, -1.5), age), bccg_value(-1.5, n["mu"], n["sigma"], n["nu"]))
    n = c.nodes(age)
    np.testing.assert_array_equal(c.score(raw, age).z, bct_z(raw, n["mu"], n["sigma"], n["nu"], n["tau"]))
    assert [model.method for model in (a, b, c)] == ["lms", "bccg", "bct"]


@pytest.mark.parametrize("descending", [False, True])
def test_there_and_back(descending: bool) -> None:
    children = drawn(600, 11, descending=descending)
    models: list[LikelihoodModel] = [
        fit_lms(children, STRAIGHT, BENT, STRAIGHT), fit_bccg(children, STRAIGHT, BENT, STRAIGHT), fit_bct(children, STRAIGHT, BENT, STRAIGHT, CONSTANT),
    ]  # fmt: skip
    z, age = (part.ravel() for part in np.meshgrid(np.linspace(-2.9, 2.9, 9), [6.0, 10.0, 14.0]))
    for model in models:
        raw = model.value(z, age)
        np.testing.assert_allclose(model.score(raw, age).z, z, atol=1e-9)
        assert (model.score(raw, age).off_scale == 0).all()
        assert ((np.diff(model.value(np.linspace(-2.9, 2.9, 9), np.full(9, 9.0))) < 0) == descending).all()


@pytest.mark.parametrize(("descending", "strong", "weak"), [(False, 1, -1), (True, -1, 1)])
def test_far_off_the_scale_stays_far_off_on_the_right_side(descending: bool, strong: int, weak: int) -> None:
    """An absurd raw score is the limit of its own side: neither the average child nor the other end."""
    model = fit_lms(drawn(600, 11, descending=descending), STRAIGHT, BENT, STRAIGHT)
    raw = np.array([1e4, 1e300, 1e-9, 0.0])
    for age in (6.0, 10.0, 14.0):
        found = model.score(raw, np.full(4, age))
        assert found.z.tolist() == [3.0 * strong, 3.0 * strong, 3.0 * weak, 3.0 * weak]
        assert found.off_scale.tolist() == [strong, strong, weak, weak]
    assert np.isnan(model.value(np.array([-3.1, 3.1]), np.full(2, 10.0))).all()


def test_where_nothing_is_defined(lms: BoxCoxModel) -> None:
    low, high = lms.ages
    found = lms.score(np.array([20.0, 20.0, np.nan, -1.0, 20.0]), np.array([low - 0.01, high + 0.01, 10.0, 10.0, np.nan]))
    assert np.isnan(found.z).all() and (found.off_scale == 0).all()
    assert np.isnan(lms.value(np.zeros(2), np.array([low - 0.01, high + 0.01]))).all()
    assert np.isfinite(lms.value(np.zeros(2), np.array([low, high]))).all()


def test_wider_limits(children: Sample) -> None:
    model = fit_lms(children, STRAIGHT, BENT, STRAIGHT, limits=(-5, 5))
    assert model.limits == (-5, 5)
    raw = lms_value(4.0, *(column[0] for column in model.nodes([10.0]).values()))
    assert model.score(np.array([raw]), np.array([10.0])).z[0] == pytest.approx(4, abs=1e-9)


@pytest.mark.parametrize(
    ("code", "raw", "shapes"),
    [
        ("boxcox_positive", [0.0, 1, 2, 3, 4, 5], (CONSTANT, CONSTANT, CONSTANT)),
        ("boxcox_constant", [2.0, 2, 2, 2, 2, 2], (CONSTANT, CONSTANT, CONSTANT)),
        ("curve_ages", [1.0, 3, 2, 3, 4, 5], (CONSTANT, Polynomial(6), CONSTANT)),
        ("curve_degree", [1.0, 3, 2, 3, 4, 5], (Polynomial(-1), CONSTANT, CONSTANT)),
        ("curve_degree", [1.0, 3, 2, 3, 4, 5], (Polynomial(9), CONSTANT, CONSTANT)),
        ("curve_freedom", [1.0, 3, 2, 3, 4, 5], (CONSTANT, Spline(2.0), CONSTANT)),
        ("curve_freedom", [1.0, 3, 2, 3, 4, 5], (CONSTANT, Spline(6.0), CONSTANT)),
        ("curve_smoothing", [1.0, 3, 2, 3, 4, 5], (CONSTANT, PenalisedSpline(0.0), CONSTANT)),
        ("curve_knots", [1.0, 3, 2, 3, 4, 5], (CONSTANT, NaturalSpline((0.5, 0.2, 0.9)), CONSTANT)),
    ],
)
def test_what_is_refused(code: str, raw: list[float], shapes: tuple[Shape, Shape, Shape]) -> None:
    with pytest.raises(UsageError) as caught:
        fit_lms(sample(raw, [3.0, 4, 5, 6, 7, 8]), *shapes)
    issue = caught.value.issues[0]
    assert issue.code == code and issue.hint


def test_knots_that_fall_together_are_refused() -> None:
    with pytest.raises(UsageError, match="two knots at one age"):
        fit_lms(sample([1.0, 2, 3, 4, 5, 6], [3.0, 3, 3, 3, 3, 4]), CONSTANT, NaturalSpline((0.1, 0.3, 0.9)), CONSTANT)


def test_no_more_parameters_than_children() -> None:
    with pytest.raises(UsageError, match="6 children for 6 parameters"):
        fit_lms(sample([1.0, 3, 2, 3, 4, 5], [3.0, 4, 5, 6, 7, 8]), STRAIGHT, STRAIGHT, STRAIGHT)


def test_heavy_tails_are_never_less_likely_than_normal_ones() -> None:
    """The t curve of many degrees is the normal one; a lower hill on the way there is not taken for the top."""
    random = np.random.default_rng(0)
    few = sample(random.gamma(0.5, 2, 500) + 1e-6, random.uniform(3, 10, 500))
    normal, student = fit_bccg(few, STRAIGHT, Polynomial(2), STRAIGHT), fit_bct(few, STRAIGHT, Polynomial(2), STRAIGHT, CONSTANT)
    assert student.log_likelihood > normal.log_likelihood - 0.01


def test_what_lies_beyond_the_bound(children: Sample, lms: BoxCoxModel) -> None:
    """For a straight power of 1 and an S of 1/2 it is the share below z = -2: children of less than nothing."""
    random = np.random.default_rng(8)
    age, z = random.uniform(5, 15, 4000), random.normal(size=4000)
    raw = 10 * (1 + z[z > -2] / 2)
    assert lms.beyond([6, 14]).max() < 1e-6
    assert fit_bccg(sample(raw, age[z > -2]), CONSTANT, CONSTANT, CONSTANT).beyond([10.0]) == pytest.approx([0.0228], abs=0.01)
    assert fit_bct(children, STRAIGHT, BENT, STRAIGHT, CONSTANT).beyond([6, 14]).max() < 1e-3


def test_limits_the_wrong_way_round_are_refused(children: Sample) -> None:
    with pytest.raises(UsageError, match="the lower one first"):
        fit_lms(children, CONSTANT, STRAIGHT, CONSTANT, limits=(3, -3))


def test_a_likelihood_without_a_top_is_refused() -> None:
    """All children of an age have the same raw score: the curve narrows onto it."""
    with pytest.raises(UsageError) as caught:
        fit_lms(sample(np.repeat([4.0, 9.0], 5), np.repeat([3.0, 5.0], 5)), CONSTANT, STRAIGHT, STRAIGHT)
    assert caught.value.issues[0].code == "fit_not_converged"


@pytest.mark.parametrize("fit", [lambda s: fit_bccg(s, Spline(3.0), Spline(5.0), Spline(3.0)), lambda s: fit_bct(s, STRAIGHT, Spline(5.0), STRAIGHT, CONSTANT)])
@pytest.mark.parametrize("seed", [1, 9])
def test_the_order_of_the_children_shows_in_no_printed_digit(fit: Any, seed: int) -> None:
    """A step that gains less than rounding hides was taken in one order and not in another: curves differed by a millionth."""
    raw, age, weight = logarithmic(seed)
    order = np.random.default_rng(seed).permutation(raw.size)
    ages = np.linspace(5.1, 7.9, 21)
    one, other = (np.log(np.abs(list(fit(part).nodes(ages).values()))) for part in (sample(raw, age, weight), sample(raw[order], age[order], weight[order])))
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-8)


@pytest.mark.parametrize("seed", [5, 13, 20, 35])
def test_a_tail_that_the_sample_does_not_tell_is_normal(seed: int) -> None:
    """Logarithms are normal: the likelihood is flat in the tails, and it was said that the median has too little to bend it."""
    raw, age, weight = logarithmic(seed)
    found = fit_bct(sample(raw, age, weight), STRAIGHT, Spline(5.0), STRAIGHT, CONSTANT)
    assert found.nodes([6.0])["tau"] > 1000
    assert found.curves.freedoms[1] == pytest.approx(5.0, abs=1e-4)


def logarithmic(seed: int) -> tuple[Floats, Floats, Floats]:
    """Raw scores, whose logarithms are normal, ages and weights of 700 children."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(5.0, 8.0, 700).round(3)
    return np.exp(3.5 - 0.2 * age + 0.25 * rng.standard_normal(700)).round(3), age, rng.uniform(0.5, 2.0, 700)
