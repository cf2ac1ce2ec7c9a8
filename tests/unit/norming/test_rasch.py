"""Difficulties, abilities and norms from answers to items: known truths are found again in made-up children."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from otscore.errors import UsageError
from otscore.norming.fit.rasch import norm
from otscore.norming.fit.rasch.answers import Answers, from_long
from otscore.norming.fit.rasch.difficulty import Scale, estimate
from otscore.norming.fit.rasch.domain import DomainNorm, Keep, Plan, fit_domain
from otscore.norming.fit.rasch.growth import Growth, fit_growth, fit_prior
from otscore.norming.fit.rasch.held_out import held_out, thirds
from otscore.norming.fit.rasch.latent import Bands, fit_latent
from otscore.norming.fit.rasch.same_test import compare_on, window_total
from otscore.norming.fit.rasch.two_tests import agreement

Floats = NDArray[np.float64]
SLOPE, SD = 2.0, 2.5
SCALE = Scale(SLOPE, np.arange(0.0, 91.0))
TRUE = Growth(46.0, 0.5, 20.0)
START = Growth(40.0, 0.0, 25.0)
BANDS = Bands(0.25, 30)
ITEMS = 40
TAU = np.linspace(34.0, 76.0, ITEMS)
NAMES = tuple(f"i{place:02d}" for place in range(ITEMS))
PUBLISHED = {name: float(tau) for name, tau in zip(NAMES[::2], TAU[::2], strict=True)}
PLAN = Plan(SCALE, START, (0.5, 3.5), 0.1, 5, BANDS, Keep(answers=50, each=10, se=1.0, infit=1.5))


def children(n: int, seed: int, cohort: str = "one", moved: float = 0.0, spread: float = SD, stop_after: int = 3, first: int = 0) -> Answers:
    """n children tested as a real test is: from items a little below what is expected at the age, until some are failed in a row."""
    random = np.random.default_rng(seed)
    age = np.sort(random.uniform(0.5, 3.5, n))
    mean = TRUE(age)
    ability = mean + moved + spread * random.standard_normal(n)
    passes = np.full((n, ITEMS), np.nan)
    for row in range(n):
        start = int(np.searchsorted(TAU, mean[row] - 6.0))
        failed = 0
        for item in range(start, ITEMS):
            passed = random.random() < 1 / (1 + math.exp(-(ability[row] - TAU[item]) / SLOPE))
            passes[row, item] = passed
            failed = 0 if passed else failed + 1
            if failed == stop_after:
                break
    return Answers(passes, NAMES, first + np.arange(n), age, np.full(n, cohort))


def joined(*parts: Answers) -> Answers:
    columns = zip(*((part.passes, part.visit, part.age, part.cohort) for part in parts), strict=True)
    passes, visit, age, cohort = (np.concatenate(column) for column in columns)
    return Answers(passes, NAMES, visit, age, cohort)


def fixed(n: int, seed: int, moved: float, length: int) -> Answers:
    """Children who are all given ``length`` items about what is expected at the age, whatever they answer."""
    random = np.random.default_rng(seed)
    age = np.sort(random.uniform(0.5, 3.5, n))
    ability = TRUE(age) + moved + SD * random.standard_normal(n)
    near = np.argsort(np.abs(TAU - TRUE(age)[:, None]), axis=1)[:, :length]
    passes = np.full((n, ITEMS), np.nan)
    chance = 1 / (1 + np.exp(-(ability[:, None] - TAU[near]) / SLOPE))
    np.put_along_axis(passes, near, (random.random(near.shape) < chance).astype(float), axis=1)
    return Answers(passes, NAMES, np.arange(n), age, np.full(n, "one"))


def only(answers: Answers, most: int) -> Answers:
    """The same children with ``most`` of their answers, chosen at random."""
    passes, random = answers.passes.copy(), np.random.default_rng(6)
    for row in range(answers.n):
        passes[row, random.permutation(np.flatnonzero(~np.isnan(passes[row])))[most:]] = np.nan
    return Answers(passes, NAMES, answers.visit, answers.age, answers.cohort)


@pytest.fixture(scope="module")
def domain() -> DomainNorm:
    return fit_domain(joined(children(900, 1), children(900, 2, "two", 1.0, first=900)), PUBLISHED, PLAN)


def test_difficulties_come_out_though_testing_stops_when_items_are_failed() -> None:
    """Not one biased: errors are as large as their standard errors say, and of no one sign."""
    answers = children(1500, 3)
    found = estimate(answers, PUBLISHED, SCALE, START)
    free = ~found.published & (found.n >= 50)
    error = (found.tau - TAU)[free] / found.se[free]
    assert free.sum() >= 15 and (found.tau[found.published] == TAU[found.published]).all() and (found.se[found.published] == 0).all()
    assert abs(error.mean()) < 0.6 and 0.5 < error.std() < 1.6 and np.abs(error).max() < 4
    often = found.infit[found.n > 200]
    assert often.min() > 0.7 and often.max() < 1.15
    np.testing.assert_allclose(found.expected[free], found.passed[free], atol=0.2)


def test_a_misfitting_item_is_told_and_does_not_count() -> None:
    answers = children(1500, 4)
    passes = answers.passes.copy()
    passes[:, 20] = 1 - passes[:, 20]
    odd = Answers(passes, NAMES, answers.visit, answers.age, answers.cohort)
    found = fit_domain(odd, PUBLISHED, PLAN)
    place = found.difficulties.items.index("i20")
    assert found.difficulties.infit[place] > 1.5 and "i20" not in found.tau and not found.kept[place]
    assert "i19" in found.tau and "i21" in found.tau


def test_the_distribution_behind_few_answers_is_found() -> None:
    """Four answers a child: the estimated abilities shrink, the latent mean and SD do not."""
    found = fit_latent(only(children(4000, 5), 4), TAU, SCALE, START, BANDS)
    ages = np.array([0.75, 1.5, 2.5, 3.25])
    np.testing.assert_allclose(found.reference(ages), TRUE(ages), atol=0.5)
    np.testing.assert_allclose(found.sd(ages), SD, atol=0.35)


def test_two_cohorts_count_the_same_however_many_they_are() -> None:
    answers = joined(children(900, 7, "small", 2.0), children(3600, 8, "large", first=900))
    found = fit_latent(answers, TAU, SCALE, START, BANDS)
    ages = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(found.reference(ages), TRUE(ages) + 1.0, atol=0.35)
    np.testing.assert_allclose(found.sd(ages), SD, atol=0.3)
    np.testing.assert_allclose(found.curves["small"](ages) - found.curves["large"](ages), 2.0, atol=0.7)


def test_weights_by_hand() -> None:
    """Band of three months: 40 of a and 10 of b, where 20 are enough; the next band has 5 of a."""
    age = np.concatenate([np.full(50, 1.1), np.full(5, 1.3)])
    cohort = np.array(["a"] * 40 + ["b"] * 10 + ["a"] * 5)
    share = np.array([1 / 40] * 40 + [1 / 20] * 10 + [1 / 20] * 5)
    np.testing.assert_allclose(Bands(0.25, 20).weights(age, cohort), share / share.mean(), rtol=1e-14)


def test_norms_hold_in_children_who_were_left_out_of_the_fit(domain: DomainNorm) -> None:
    """The two cohorts of the fit differ by one unit; a child of their middle has z = 0. Short and long tests spread alike."""
    long = held_out(children(3000, 9, moved=0.5), domain, thirds((0.5, 3.5)), 30)
    short = held_out(fixed(3000, 10, 0.5, 6), domain, thirds((0.5, 3.5)), 30)
    assert [cell.visits for cell in long] and len(long) == len(short) == 3
    assert all(s.mean_items < cell.mean_items for s, cell in zip(short, long, strict=True))
    for cell in long:
        assert abs(cell.mean_z) < 0.15 and abs(cell.sd_z - 1) < 0.1 and cell.within, cell
        assert cell.se_z == pytest.approx(cell.sd_z / math.sqrt(cell.visits))
    assert all(abs(cell.mean_z) < 0.15 and abs(cell.sd_z - 1) < 0.15 for cell in short), short


def test_norms_of_a_cohort_that_is_more_able_and_wider(domain: DomainNorm) -> None:
    cells = held_out(children(3000, 11, moved=3.0, spread=2 * SD, stop_after=6), domain, thirds((0.5, 3.5)), 30)
    assert all(0.7 < cell.mean_z < 1.3 and 1.6 < cell.sd_z < 2.2 and not cell.within for cell in cells), cells


def test_score_and_value_are_each_other_s_inverse(domain: DomainNorm) -> None:
    norm = domain.norm
    z, age = np.array([-9.9, -1.0, 0.0, 2.5, 9.9]), np.array([0.5, 1.0, 2.0, 3.0, 3.5])
    found = norm.score(norm.value(z, age), age)
    np.testing.assert_allclose(found.z, z, atol=1e-10)
    assert (found.off_scale == 0).all() and norm.method == "rasch" and norm.limits == (-10.0, 10.0) and norm.n_parameters == 6
    beyond = norm.score(np.array([-100.0, 100.0, 50.0]), np.array([1.0, 1.0, 3.6]))
    assert beyond.z[:2].tolist() == [-10.0, 10.0] and beyond.off_scale.tolist() == [-1, 1, 0] and math.isnan(beyond.z[2])
    assert np.isnan(norm.value(np.array([10.1, 0.0]), np.array([1.0, 0.4]))).all()


def test_the_same_answers_give_the_same_bits(domain: DomainNorm) -> None:
    again = fit_domain(joined(children(900, 1), children(900, 2, "two", 1.0, first=900)), PUBLISHED, PLAN)
    assert again.tau == domain.tau and again.norm == domain.norm and again.prior == domain.prior
    assert again.difficulties.tau.tobytes() == domain.difficulties.tau.tobytes()


def test_growth_is_found_and_a_prior_has_no_square() -> None:
    age = np.linspace(0.5, 3.5, 60)
    bent = Growth(1.0, 2.0, 3.0, 0.2, 0.5)
    found = fit_growth(bent(age), age, np.ones(60))
    np.testing.assert_allclose([found.constant, found.linear, found.log, found.square], [1.0, 2.0, 3.0, 0.5], atol=1e-8)
    assert bent(np.array([2.0]))[0] == pytest.approx(1 + 4 + 3 * math.log(2.2) + 2)
    assert fit_prior(bent(age), age, np.ones(60)).square == 0.0


def test_window_total_by_hand() -> None:
    n = math.nan
    passes = np.array([[n, n, 1, 0, n, n], [1, n, n, 0, 1, n], [0, n, 1, n, n, n], [1, 1, 1, 1, 1, 1], [n, 0, n, n, n, n]])
    assert window_total(passes).tolist() == [3.0, 4.0, 1.0, 6.0, 1.0]


def test_cohorts_on_the_same_test(domain: DomainNorm) -> None:
    """A cohort one SD more able: z and totals tell the same. Where half of its items are made easier, only the norms do not know."""
    other = children(1500, 12, "other", 0.5 + SD, first=3000)
    base = children(1500, 13, "one", 0.5)
    test = [list(NAMES)]
    found = compare_on(joined(base, other), "other", "one", test, domain, (0.5, 1.5))
    assert found is not None and found.alike and found.difference_z == pytest.approx(found.difference_raw, abs=0.2) and 0.7 < found.difference_z < 1.3
    assert compare_on(base, "other", "one", test, domain, (0.5, 1.5)) is None


def test_agreement_of_two_halves(domain: DomainNorm) -> None:
    """Correlation of z by two halves of the items: that of two measures with the errors their standard errors say."""
    answers = children(4000, 14, moved=0.5, stop_after=8)
    halves = {"odd": NAMES[::2], "even": NAMES[1::2]}
    found = agreement(answers, halves, domain, (0.5, 3.5))
    assert found is not None and found.pairs > 2000 and found.largest_difference < 0.15
    error = domain.ability(answers.with_items(set(NAMES[::2]))).sem.mean()
    assert found.correlation == pytest.approx(SD**2 / (SD**2 + error**2 / (1 - error**2 / domain.prior_sd**2)), abs=0.1)
    assert agreement(answers, {"odd": NAMES[::2]}, domain, (0.5, 3.5)) is None


def test_long_rows_become_a_table() -> None:
    found = from_long([2, 1, 2, 3], ["b", "a", "a", "a"], [1, 0, 1, 1], {1: 0.5, 2: 1.5, 3: math.nan}, {1: "x", 2: "y", 3: "x"})
    assert found.items == ("a", "b") and found.visit.tolist() == [1, 2] and found.cohort.tolist() == ["x", "y"] and found.answered.tolist() == [1, 2]
    assert found.passes[0, 0] == 0 and math.isnan(found.passes[0, 1])
    assert found.with_items({"b"}).visit.tolist() == [2] and found.of_cohorts(["x"]).visit.tolist() == [1]


@pytest.mark.parametrize(
    ("items", "scores", "code"), [(["a", "a"], [1, 0], "answer_twice"), (["a", "b"], [1, 2], "answer_score"), (["a", "b"], [1, math.nan], "answer_score")]
)
def test_answers_that_cannot_be_used_are_refused(items: list[str], scores: list[float], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        from_long([1, 1], items, scores, {1: 1.0}, {1: "x"})
    assert refused.value.issues[0].code == code


def test_a_fit_that_has_not_come_to_an_end_gives_no_norms(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = children(300, 21)
    with pytest.raises(UsageError, match="difficulties: the fit has not come to an end"):
        estimate(answers, PUBLISHED, SCALE, START, most_steps=2)
    with pytest.raises(UsageError, match="distribution of the ability: the fit"):
        fit_latent(answers, TAU, SCALE, START, BANDS, most_steps=2)
    monkeypatch.setattr(norm, "MOST_STEPS", 1)
    spread = np.where(answers.age < 2.0, 1.0, 3.0) * np.random.default_rng(2).standard_normal(answers.n)
    with pytest.raises(UsageError, match="spread of the abilities: the fit"):
        norm.fit_norm(TRUE(answers.age) + spread, answers.age, answers.cohort, np.ones(answers.n), TRUE, (0.5, 3.5))


def test_nothing_to_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="no visit answers"):
        fit_domain(children(5, 15), {}, PLAN)
