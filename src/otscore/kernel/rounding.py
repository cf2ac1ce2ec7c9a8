"""Rounding as printed tables use it: decimal ties, whatever the binary fraction behind them.

References: IEEE 754-2019, section 4.3 (ties to even, ties away from zero). The exact product is
T. J. Dekker (1971), A floating-point technique for extending the available precision,
Numerische Mathematik 18, 224-242, doi:10.1007/BF01397083.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

TIE_TOLERANCE = 1e-9
"""How far below a tie, in units of the last kept place, a value still counts as that tie."""

_WHOLE = 2.0**52  # from here on every float is a whole number
_SPLIT = 2.0**27 + 1.0


def round_half_up(x: ArrayLike, decimals: int = 0) -> Floats:
    """Round half away from zero at `decimals` places, by the decimal value that `x` stands for.

    A value at most `TIE_TOLERANCE` of a last place (or two units of binary precision) below a tie is
    that tie, so 100 + 15 * ((1.7 - 10) / 3) gives 59 and 2.675 gives 2.68. Never returns -0.0.
    """
    x = np.asarray(x, dtype=np.float64)
    factor = 10.0**decimals
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.abs(x) * factor
        whole = np.floor(scaled)
        slack = np.minimum(np.maximum(2.0 * np.spacing(scaled), TIE_TOLERANCE), 0.125)
        rounded = (whole + (scaled - whole >= 0.5 - slack)) / factor
        return np.where(scaled < _WHOLE, np.copysign(rounded, x) + 0.0, x)


def round_half_even(x: ArrayLike, decimals: int = 0) -> Floats:
    """Round the exact binary value of `x` half to even at `decimals` places, as Python and R >= 4 do.

    So 2.675, whose binary value lies below the tie, gives 2.67. Never returns -0.0.
    """
    x = np.asarray(x, dtype=np.float64)
    factor = 10.0**decimals
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.abs(x) * factor
        lower = np.floor(scaled)
        error = _product_error(np.abs(x), factor, scaled)
        rounded = np.where((scaled - lower == 0.5) & (error != 0.0), lower + (error > 0.0), np.rint(scaled))
        return np.where(scaled < _WHOLE, np.copysign(rounded / factor, x) + 0.0, x)


def _product_error(a: Floats, b: float, product: Floats) -> Floats:
    """The exact a * b minus the rounded product (Dekker 1971)."""
    a_high = a * _SPLIT - (a * _SPLIT - a)
    b_high = b * _SPLIT - (b * _SPLIT - b)
    a_low, b_low = a - a_high, b - b_high
    error: Floats = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return error
