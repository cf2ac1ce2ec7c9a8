"""z to the metric it is printed in, percentiles, rounding, intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from statistics import NormalDist


def _rounded(x: float, decimals: int, mode: str) -> float:
    step = Decimal(1).scaleb(-decimals)
    size = Decimal(repr(abs(x))).quantize(step, rounding=mode)
    return math.copysign(float(size), x) if size else 0.0


def half_up(x: float, decimals: int = 0) -> float:
    """Decimal(repr(|x|)) rounded half up, the sign put back (half away from zero); never -0."""
    return _rounded(x, decimals, ROUND_HALF_UP)


def half_even(x: float, decimals: int = 0) -> float:
    """Rounded half to even as Python and R do (methods: Rounding), that is on the binary value; never -0.

    The binary value of 2.675 lies below the tie, so it becomes 2.67; where it is the tie itself, 2.5, it becomes 2.
    """
    size = Decimal(abs(x)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return math.copysign(float(size), x) if size else 0.0


def half_up_guarded(x: float, decimals: int = 0) -> float:
    """Half-up after rounding to 9 decimals, so that 58.49999999999999 (exactly 58.5 in decimals) becomes 59."""
    return half_up(_rounded(x, 9, ROUND_HALF_EVEN), decimals)


def scaled(z: float, mean: float, sd: float) -> float:
    """M + SD * z."""
    return mean + sd * z


def percentile(z: float) -> float:
    """100 * Phi(z) = 50 * erfc(-z / sqrt(2))."""
    return 50.0 * math.erfc(-z / math.sqrt(2.0))


def printed_percentile(p: float) -> str:
    """p < 0.05: "<0.1"; p < 0.95 or p >= 99.5: one decimal; else an integer; from 99.95 on: ">99.9"."""
    if p < 0.05:
        return "<0.1"
    if p >= 99.95:
        return ">99.9"
    if p < 0.95 or p >= 99.5:
        return f"{half_up(p, 1):.1f}"
    return f"{half_up(p, 0):.0f}"


def multiplier(level: float) -> float:
    """Two-sided normal multiplier: Phi^-1((1 + level) / 2)."""
    return NormalDist().inv_cdf((1.0 + level) / 2.0)


def observed_interval(score: float, sem: float, level: float) -> tuple[float, float]:
    """score -/+ z * SEM."""
    half = multiplier(level) * sem
    return score - half, score + half


def true_score_interval(score: float, mean: float, sd: float, reliability: float, level: float) -> tuple[float, float]:
    """M + r (score - M) -/+ z * SD * sqrt(r (1 - r)): centred on the estimated true score."""
    centre = mean + reliability * (score - mean)
    half = multiplier(level) * sd * math.sqrt(reliability * (1.0 - reliability))
    return centre - half, centre + half


def carried_interval(
    measure: float, sem: float, level: float, to_score: Callable[[float], float | None]
) -> tuple[float | None, float | None]:
    """measure -/+ z * SEM in the unit of the measurement, each end then read off the norm curve."""
    half = multiplier(level) * sem
    return to_score(measure - half), to_score(measure + half)
