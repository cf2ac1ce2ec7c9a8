"""Facts for eligibility: percents by hand, rules that stay open while a missing score could turn them."""

from __future__ import annotations

import numpy as np
import pytest

from otscore.kernel import eligibility, metric

NAN = np.nan


@pytest.mark.filterwarnings("error")
def test_percents() -> None:
    np.testing.assert_array_equal(eligibility.percent_delay([24, 24, 24, 0, -3, NAN], [18, 30, 24, 5, 1, 3]), [25, -25, 0, NAN, NAN, NAN])
    np.testing.assert_array_equal(eligibility.percent_of_expected([30, 0, 5, NAN], [40, 40, 0, 40]), [75, 0, NAN, NAN])


Z_ROWS = [[-2.0, 0, 0, 0], [-1.5, -1.5, 0, 0], [-1.4, 0, NAN, NAN], [-1.5, 0, 0, NAN], [NAN] * 4, [0, 0, 0, 0]]


def test_rules() -> None:
    two_sd, two_domains = eligibility.sd_rule(Z_ROWS, 2.0, 1), eligibility.sd_rule(Z_ROWS, 1.5, 2)
    np.testing.assert_array_equal(two_sd, [1, 0, NAN, NAN, NAN, 0])
    np.testing.assert_array_equal(two_domains, [0, 1, NAN, NAN, NAN, 0])
    np.testing.assert_array_equal(eligibility.any_rule(two_sd, two_domains), [1, 1, NAN, NAN, NAN, 0])
    np.testing.assert_array_equal(eligibility.sd_rule(Z_ROWS, 1.5, 3), [0, 0, 0, 0, NAN, 0])
    np.testing.assert_array_equal(eligibility.domains_at_or_below(Z_ROWS, 1.5), [1, 2, 0, 1, NAN, 0])


def test_one_fact_settles_it_whatever_the_other() -> None:
    np.testing.assert_array_equal(eligibility.any_rule([1.0, NAN, 0, NAN], [NAN, NAN, 0, 0.0]), [1, NAN, 0, NAN])


@pytest.mark.parametrize(("score", "mean", "sd", "cut"), [(70, 100, 15, 2.0), (77.5, 100, 15, 1.5), (80.5, 100, 15, 1.3), (35, 50, 10, 1.5), (4, 10, 3, 2.0)])
def test_a_score_on_the_cut_is_at_it(score: float, mean: float, sd: float, cut: float) -> None:
    assert eligibility.sd_rule([metric.z_from_score(score, mean, sd)], cut, 1) == 1
    assert eligibility.sd_rule([metric.z_from_score(score + 0.01, mean, sd)], cut, 1) == 0
