"""Norms from 500 simulated samples beside the true ones, model by model; then our tables beside those that cNORM made of two samples."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np
from norming_peer import beside_the_peer
from norming_truth import OLDEST, TRUTHS, YOUNGEST, Floats, Truth, asked

from otscore.errors import UsageError
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.boxcox import fit_bccg
from otscore.norming.fit.conventional import fit_band_ranks, fit_mean_sd
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.rank import rank_by_window
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import Polynomial
from otscore.norming.fit.shash import fit_shash
from otscore.norming.fit.taylor import fit_taylor

SIZES = ((100, 63), (25, 62))
"""Children a year, and how many samples of so many are drawn of each of the four tests: 500 in all."""

YEARS = np.arange(YOUNGEST, OLDEST + 0.5)
FITS: dict[str, Callable[[Sample, Truth], NormModel]] = {
    "Taylor": lambda mine, truth: fit_taylor(mine, rank_by_window(mine, 1.0)),
    "beta-binomial": lambda mine, truth: fit_beta_binomial(mine, truth.items),
    "SHASH": lambda mine, truth: fit_shash(mine),
    "BCCG": lambda mine, truth: fit_bccg(mine, Polynomial(1), Polynomial(3), Polynomial(2)),
    "year, mean and SD": lambda mine, truth: fit_mean_sd(mine, YEARS),
    "year, ranks": lambda mine, truth: fit_band_ranks(mine, YEARS),
}
ABOVE_0 = {"BCCG"}
"""Models of measurements above 0: they are given every score plus 1."""

Key = tuple[str, int, str]
HEAD = ("test", "a year", "model", "RMSE", "bias", "worst", "beyond 3 T", "untold %", "failed", "CPU s")


def main() -> None:
    """Print the tables."""
    errors: dict[Key, list[Floats]] = defaultdict(list)
    untold: dict[Key, list[float]] = defaultdict(list)
    seconds: dict[Key, float] = defaultdict(float)
    for truth, (a_year, times) in ((truth, size) for truth in TRUTHS for size in SIZES):
        rng = np.random.default_rng([20, a_year, truth.items, int(truth.gain)])
        for _ in range(times):
            drawn = truth.children(rng, round(a_year * (OLDEST - YOUNGEST)))
            for name in FITS:
                key = (truth.name, a_year, name)
                start = time.process_time()
                error, missing = tried(truth, name, *drawn)
                seconds[key] += (time.process_time() - start) / times
                errors[key].append(error)
                untold[key].append(missing)
    report(errors, untold, seconds)
    beside_the_peer()


def tried(truth: Truth, name: str, raw: Floats, age: Floats) -> tuple[Floats, float]:
    """T by which a model errs at every score and age asked for (none where it cannot be fitted), and the share of them where it tells a limit or nothing."""
    more = 1.0 if name in ABOVE_0 else 0.0
    scores, ages, z = asked(truth)
    try:
        model = FITS[name](sample(raw + more, age), truth)
    except UsageError:
        return np.empty(0), np.nan
    told = model.score(scores + more, np.clip(ages, age.min(), age.max()))
    error = 10.0 * (told.z - z)
    return error[np.isfinite(error)], float(((told.off_scale != 0) | np.isnan(told.z)).mean())


def report(errors: dict[Key, list[Floats]], untold: dict[Key, list[float]], seconds: dict[Key, float]) -> None:
    """One line for each test, size and model."""
    print(f"{sum(times for _, times in SIZES) * len(TRUTHS)} samples of children from 5 to 12 years; errors in T at every score with a true z from -2 to 2,")
    print("every quarter of a year. worst: largest error of a sample, the middle one of all samples; untold: a limit or no z at all")
    print("{:8} {:>6} {:18} {:>6} {:>6} {:>6} {:>10} {:>8} {:>6} {:>7}".format(*HEAD))
    for key, found in errors.items():
        fitted = [one for one in found if one.size]
        every = np.concatenate(fitted)
        worst = np.median([np.abs(one).max() for one in fitted])
        print(
            f"{key[0]:8} {key[1]:6} {key[2]:18} {np.sqrt((every**2).mean()):6.2f} {every.mean():6.2f} {worst:6.1f} {100 * (np.abs(every) > 3).mean():8.1f} % "
            f"{100 * np.nanmean(untold[key]):8.1f} {len(found) - len(fitted):6} {seconds[key]:7.3f}"
        )


if __name__ == "__main__":
    main()
