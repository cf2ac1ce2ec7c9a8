"""Change from one occasion to the next: is it more than error of measurement, practice and regression to the mean make?

All scores of one call share a metric; r is a reliability, for change that of the retest, and r12 the correlation of the two
occasions. The indices answer different questions and differ materially: which one was used belongs to the result. For growth
take raw scores, abilities or growth scores; a falling standard score may be slower gain. Undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.contrast import difference_reliability, difference_se, predicted_score, prediction_sd
from otscore.kernel.interval import estimated_true_score, half_width, sem, sep, z_multiplier

Floats = NDArray[np.float64]

_W_UNITS = 20.0 / np.log(9.0)
"""Units of the W scale in a logit."""


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _ratio(numerator: ArrayLike, spread: ArrayLike) -> Floats:
    spread = _floats(spread)
    with np.errstate(all="ignore"):
        return np.where(spread > 0.0, _floats(numerator) / spread, np.nan)


# ------------------------------------------------------------------------------------------------ against error of measurement


def change_z(pre: ArrayLike, post: ArrayLike, se_pre: ArrayLike, se_post: ArrayLike, practice: ArrayLike = 0.0) -> Floats:
    """Change less the mean practice effect, in standard errors of a difference of two occasions.

    With the standard error of each score by itself it is the index of abilities and growth scores; with two SEM of unequal
    SDs and a practice effect that of Iverson 2001, Archives of Clinical Neuropsychology 16, 183-191.
    """
    return _ratio(_floats(post) - _floats(pre) - _floats(practice), difference_se(se_pre, se_post))


def change_se(sd: ArrayLike, r: ArrayLike) -> Floats:
    """Standard error of a change, SD sqrt(2 (1 - r)), of two occasions alike."""
    error = sem(sd, r)
    return difference_se(error, error)


def rci(pre: ArrayLike, post: ArrayLike, sd: ArrayLike, r: ArrayLike) -> Floats:
    """Reliable change index (post - pre) / (SD sqrt(2 (1 - r))).

    Jacobson & Truax 1991, Journal of Consulting and Clinical Psychology 59, 12-19, doi:10.1037/0022-006X.59.1.12; with the
    root of 2 of Christensen & Mendoza 1986, Behavior Therapy 17, 305-308, that the index of 1984 lacks.
    """
    error = sem(sd, r)
    return change_z(pre, post, error, error)


def rci_practice(pre: ArrayLike, post: ArrayLike, sd: ArrayLike, r: ArrayLike, practice: ArrayLike) -> Floats:
    """The same less the mean practice effect; Chelune, Naugle, Lueders, Sedlak & Awad 1993, Neuropsychology 7, 41-52."""
    error = sem(sd, r)
    return change_z(pre, post, error, error, practice)


def rci_observed(pre: ArrayLike, post: ArrayLike, practice: ArrayLike, sd_of_change: ArrayLike) -> Floats:
    """Change less the mean practice effect, in SDs of the changes of a stable group.

    Temkin, Heaton, Grant & Dikmen 1999, Journal of the International Neuropsychological Society 5, 357-369.
    """
    return _ratio(_floats(post) - _floats(pre) - _floats(practice), sd_of_change)


def mdc(standard_error: ArrayLike, level: ArrayLike) -> Floats:
    """Minimal detectable change at a two-sided level: multiplier times sqrt 2 times SEM (by agreement, not consistency)."""
    return half_width(difference_se(standard_error, standard_error), z_multiplier(level))


def reliable_direction(index: ArrayLike, level: ArrayLike) -> Floats:
    """1 where an index of change lies above the multiplier of the level, -1 where below its negative, else 0."""
    index = _floats(index)
    return np.where(np.isnan(index), np.nan, np.sign(index) * (np.abs(index) > z_multiplier(level)))


# ------------------------------------------------------------------------------------------------ with regression to the mean


def rci_gulliksen_lord_novick(
    pre: ArrayLike, post: ArrayLike, mean_pre: ArrayLike, mean_post: ArrayLike, sd: ArrayLike, r: ArrayLike
) -> Floats:
    """((post - M_post) - r (pre - M_pre)) / (SD sqrt(1 - r^2)).

    Hsu 1989, Behavioral Assessment 11, 459-467; with one mean for both occasions the index of Gulliksen, Lord and Novick.
    """
    expected = _floats(r) * (_floats(pre) - _floats(mean_pre))
    return _ratio((_floats(post) - _floats(mean_post)) - expected, sep(sd, r))


def rci_edwards_nunnally(pre: ArrayLike, post: ArrayLike, mean: ArrayLike, sd: ArrayLike, r: ArrayLike) -> Floats:
    """(post - estimated true score of pre) / SEM.

    Speer 1992, Journal of Consulting and Clinical Psychology 60, 402-408, doi:10.1037/0022-006X.60.3.402.
    """
    return _ratio(_floats(post) - estimated_true_score(pre, mean, r), sem(sd, r))


def rci_nunnally_kotsch(
    pre: ArrayLike, post: ArrayLike, mean: ArrayLike, sd: ArrayLike, r_pre: ArrayLike, r_post: ArrayLike
) -> Floats:
    """(post - estimated true score of pre) / sqrt(r_pre^2 SEM_pre^2 + SEM_post^2), each SEM with SD and its reliability.

    Nunnally & Kotsch 1983, British Journal of Clinical Psychology 22, 83-93.
    """
    spread = difference_se(_floats(r_pre) * sem(sd, r_pre), sem(sd, r_post))
    return _ratio(_floats(post) - estimated_true_score(pre, mean, r_pre), spread)


def rci_hageman_arrindell(
    pre: ArrayLike, post: ArrayLike, mean_pre: ArrayLike, mean_post: ArrayLike, sd_pre: ArrayLike, sd_post: ArrayLike,
    standard_error: ArrayLike, r12: ArrayLike,
) -> Floats:  # fmt: skip
    """(d R + (M_post - M_pre) (1 - R)) / (sqrt(2 R) SEM), with d = post - pre and R the reliability of d.

    One SEM for both occasions; the reliability of each is 1 - SEM^2 / SD^2. Hageman & Arrindell 1993, Behaviour Research
    and Therapy 31, 693-700. NaN where R is not above 0.
    """
    error = _floats(standard_error)
    unreliable = (_ratio(error * error, _floats(sd) * _floats(sd)) for sd in (sd_pre, sd_post))
    r_pre, r_post = (1.0 - share for share in unreliable)
    reliability = difference_reliability(r_pre, r_post, r12, sd_pre, sd_post)
    true = (_floats(post) - _floats(pre)) * reliability + (_floats(mean_post) - _floats(mean_pre)) * (1.0 - reliability)
    with np.errstate(invalid="ignore"):
        return _ratio(true, np.sqrt(2.0 * reliability) * error)


def regression_change_z(
    pre: ArrayLike, post: ArrayLike, mean_1: ArrayLike, sd_1: ArrayLike, mean_2: ArrayLike, sd_2: ArrayLike, r12: ArrayLike
) -> Floats:  # fmt: skip
    """Second score less the one regression on the first expects, in SDs of that difference in a large retest sample.

    McSweeny, Naugle, Chelune & Lueders 1993, The Clinical Neuropsychologist 7, 300-312.
    """
    return _ratio(_floats(post) - predicted_score(pre, mean_1, sd_1, mean_2, sd_2, r12), prediction_sd(sd_2, r12))


def regression_change_t(
    pre: ArrayLike, post: ArrayLike, mean_1: ArrayLike, sd_1: ArrayLike, mean_2: ArrayLike, sd_2: ArrayLike, r12: ArrayLike,
    n: ArrayLike,
) -> Floats:  # fmt: skip
    """The same with the error of a regression found in n children: t with n - 2 degrees of freedom.

    SEE sqrt(1 + 1 / n + (pre - M_1)^2 / (SD_1^2 (n - 1))), SEE = SD_2 sqrt((1 - r12^2)(n - 1) / (n - 2)); Crawford & Howell
    1998, Journal of Clinical and Experimental Neuropsychology 20, 755-762.
    """
    z = regression_change_z(pre, post, mean_1, sd_1, mean_2, sd_2, r12)
    n = np.where(_floats(n) > 2.0, _floats(n), np.nan)
    away = _ratio(_floats(pre) - _floats(mean_1), sd_1)
    return _floats(z / np.sqrt((n - 1.0) / (n - 2.0) * (1.0 + 1.0 / n + away * away / (n - 1.0))))


def p_of_change_t(t: ArrayLike, n: ArrayLike) -> Floats:
    """Two-sided p of `regression_change_t`."""
    n = np.where(_floats(n) > 2.0, _floats(n), np.nan)
    return _floats(2.0 * special.stdtr(n - 2.0, -np.abs(_floats(t))))


def t_multiplier(level: ArrayLike, n: ArrayLike) -> Floats:
    """From how large a `regression_change_t` on, either way, a change is beyond what this two-sided level allows."""
    n = np.where(_floats(n) > 2.0, _floats(n), np.nan)
    return _floats(special.stdtrit(n - 2.0, 0.5 + 0.5 * _floats(level)))


# ------------------------------------------------------------------------------------------------ cut-offs and growth scores


def cutoff_away_from_clinical(mean: ArrayLike, sd: ArrayLike, better: ArrayLike) -> Floats:
    """Cut-off a of Jacobson & Truax: 2 SDs from the clinical mean towards the better scores; better is 1 up, -1 down."""
    return _floats(_floats(mean) + _sign(better) * 2.0 * _floats(sd))


def cutoff_within_functional(mean: ArrayLike, sd: ArrayLike, better: ArrayLike) -> Floats:
    """Cut-off b of Jacobson & Truax: 2 SDs from the functional mean towards the worse scores; better is 1 up, -1 down."""
    return _floats(_floats(mean) - _sign(better) * 2.0 * _floats(sd))


def cutoff_between(mean_a: ArrayLike, sd_a: ArrayLike, mean_b: ArrayLike, sd_b: ArrayLike) -> Floats:
    """Cut-off c of Jacobson & Truax: where both groups are equally many SDs away, so each mean has the other's SD as weight."""
    sd_a, sd_b = _floats(sd_a), _floats(sd_b)
    return _ratio(sd_a * _floats(mean_b) + sd_b * _floats(mean_a), sd_a + sd_b)


def relative_proficiency(w: ArrayLike, w_peers: ArrayLike, criterion: ArrayLike = 0.9) -> Floats:
    """Share of success expected of a child on W w with tasks that peers, on W w_peers, succeed in at the share ``criterion``.

    Woodcock 1999, in Embretson & Hershberger (eds.), The new rules of measurement: 20 units make odds of 9 to 1.
    """
    return _floats(special.expit(special.logit(_floats(criterion)) + (_floats(w) - _floats(w_peers)) / _W_UNITS))


def _sign(better: ArrayLike) -> Floats:
    better = _floats(better)
    return np.where(np.abs(better) == 1.0, better, np.nan)
