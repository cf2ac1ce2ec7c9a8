"""Box-Cox curves cut off at a measurement of 0: what bccg, bct and bcpe have in common.

Rigby & Stasinopoulos 2006, Statistical Modelling 6, 209-229, doi:10.1191/1471082X06st122oa. The power of
(y / mu) is bounded on one side, at 1 / (sigma |nu|) units, and the standard distribution is renormalised
to the part within. All masses are logarithms of the tail on the nearer side, so that neither tail is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_NEARLY_ZERO = 1e-12  # the power below which the curve is its logarithmic limit
_NEAR_BOUND = 0.05  # closer to the bound than this, integrate instead of subtracting two tails
_GAUSS_NODES = (0.5 - np.sqrt(0.15), 0.5, 0.5 + np.sqrt(0.15))
_GAUSS_WEIGHTS = (5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0)


class Family(NamedTuple):
    """A symmetric standard distribution; each function takes x <= 0 (or a log mass) and its shape."""

    log_lower: Callable[..., Floats]
    log_density: Callable[..., Floats]
    log_quantile: Callable[..., Floats]


class _Standard(NamedTuple):
    side: Floats  # +1 if the bound lies below, -1 if above
    x: Floats  # standardised measurement, counted so that the bound lies below
    bound: Floats  # distance of the bound from 0
    gap: Floats  # distance of x from the bound


def truncated_z(
    family: Family, y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, *shape: ArrayLike
) -> Floats:
    """z of measurement y > 0: the standard normal deviate of its truncated probability."""
    with np.errstate(all="ignore"):
        standard, shape_arrays = _standardise(y, mu, sigma, nu, *shape)
        deviate = special.ndtri_exp(_log_tail(family, standard, *shape_arrays))
        z: Floats = np.where(standard.x < 0.0, deviate, -deviate) * standard.side
        return z.reshape(np.broadcast(y, mu, sigma, nu, *shape).shape)


def truncated_cdf(
    family: Family, y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, *shape: ArrayLike
) -> Floats:
    """Probability of a measurement at or below y > 0."""
    with np.errstate(all="ignore"):
        standard, shape_arrays = _standardise(y, mu, sigma, nu, *shape)
        tail = _log_tail(family, standard, *shape_arrays)
        is_lower = (standard.x < 0.0) == (standard.side > 0.0)
        proportion = np.where(is_lower, np.exp(tail), -np.expm1(tail))
        return proportion.reshape(np.broadcast(y, mu, sigma, nu, *shape).shape)


def truncated_value(
    family: Family, z: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, *shape: ArrayLike
) -> Floats:
    """Measurement at z, the inverse of `truncated_z`."""
    result_shape = np.broadcast(z, mu, sigma, nu, *shape).shape
    z, mu, sigma, nu, *shape_arrays = _floats(z, mu, sigma, nu, *shape)
    with np.errstate(all="ignore"):
        z = z * _side(nu)
        bound = _bound(sigma, nu)
        log_beyond = family.log_lower(-bound, *shape_arrays)
        log_mass = special.log_ndtr(-np.abs(z)) + np.log1p(-np.exp(log_beyond))
        lower = np.where(z < 0.0, np.logaddexp(log_mass, log_beyond), log_mass)
        x = family.log_quantile(lower, *shape_arrays)
        power = np.log1p(np.where(z < 0.0, x, -x) / bound)
        share = np.exp(log_mass - family.log_density(-bound, *shape_arrays))
        near = (z < 0.0) & (share * (1.0 + bound) < _NEAR_BOUND)
        gap = _gap_of(family, share[near], bound[near], *(s[near] for s in shape_arrays))
        power[near] = np.log(gap / bound[near])
        exponent = np.where(np.isinf(bound), sigma * np.where(z < 0.0, x, -x), power / nu)
        value = np.where((mu > 0.0) & (sigma > 0.0), mu * np.exp(exponent), np.nan)
        return value.reshape(result_shape)


def _floats(*arrays: ArrayLike) -> list[Floats]:
    """All as contiguous float arrays of one common shape, at least one long."""
    together = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arrays))
    return [np.ascontiguousarray(a) for a in together]


def _side(nu: Floats) -> Floats:
    return np.where(nu <= -_NEARLY_ZERO, -1.0, 1.0)


def _bound(sigma: Floats, nu: Floats) -> Floats:
    return np.where(np.abs(nu) < _NEARLY_ZERO, np.inf, 1.0 / (sigma * np.abs(nu)))


def _standardise(
    y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, *shape: ArrayLike
) -> tuple[_Standard, list[Floats]]:
    y, mu, sigma, nu, *shape_arrays = _floats(y, mu, sigma, nu, *shape)
    logarithm = np.where((y > 0.0) & (mu > 0.0) & (sigma > 0.0), np.log(y / mu), np.nan)
    bound = _bound(sigma, nu)
    logarithmic = np.isinf(bound)
    x = np.where(logarithmic, logarithm / sigma, np.expm1(nu * logarithm) * bound)
    gap = np.where(logarithmic, np.inf, np.exp(nu * logarithm) * bound)
    return _Standard(_side(nu), x, bound, gap), shape_arrays


def _log_tail(family: Family, standard: _Standard, *shape: Floats) -> Floats:
    """Log mass between x and the bound if x < 0, on the other side of x if not."""
    x, bound, gap = standard.x, standard.bound, standard.gap
    log_beyond = family.log_lower(-bound, *shape)
    log_lower = family.log_lower(-np.abs(x), *shape)
    tail = np.where(x < 0.0, log_lower + np.log1p(-np.exp(log_beyond - log_lower)), log_lower)
    near = (x < 0.0) & (gap * (1.0 + bound) < _NEAR_BOUND)
    if near.any():
        shape_near = [s[near] for s in shape]
        mass = _mass_over_density(family, gap[near], bound[near], *shape_near)
        tail[near] = np.log(mass) + family.log_density(-bound[near], *shape_near)
    return tail - np.log1p(-np.exp(log_beyond))


def _mass_over_density(family: Family, gap: Floats, bound: Floats, *shape: Floats) -> Floats:
    """Mass from the bound to `gap` inside it, per unit of density at the bound (three-point Gauss rule)."""
    at_bound = family.log_density(-bound, *shape)
    total = np.zeros_like(gap)
    for node, weight in zip(_GAUSS_NODES, _GAUSS_WEIGHTS, strict=True):
        total += weight * np.exp(family.log_density(node * gap - bound, *shape) - at_bound)
    return gap * total


def _gap_of(family: Family, share: Floats, bound: Floats, *shape: Floats) -> Floats:
    """The inverse of `_mass_over_density` by four Newton steps (it is close to the identity here)."""
    gap = share.copy()
    at_bound = family.log_density(-bound, *shape)
    for _ in range(4):
        slope = np.exp(family.log_density(gap - bound, *shape) - at_bound)
        gap -= (_mass_over_density(family, gap, bound, *shape) - share) / slope
    return gap
