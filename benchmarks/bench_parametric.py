"""Norms by maximum likelihood: a sinh-arcsinh curve and a beta-binomial fitted to 4,542 children, and 100,000 children scored."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from timing import cpu_seconds, shared_folder

from otscore.kernel.shash import shash_log_density
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shash import fit_shash

N_ITEMS = 228
SCORED = 100_000
PEER = "cNORM: beta-binomial 1.9 s, SHASH 2.8 s; 100,000 children by SHASH 0.03 s, 5,000 by beta-binomial 0.34 s"


def simulated() -> Sample:
    """As many children as the stored sample has, with ages and scores like theirs."""
    random = np.random.default_rng(1)
    age = random.uniform(2.6, 17.0, 4542)
    share = random.beta(np.exp(1.0 + 0.15 * age), np.exp(3.2 - 0.1 * age))
    return sample(random.binomial(N_ITEMS, share), age)


def yardstick(mine: Sample) -> float:
    """The same curve by a general optimiser with slopes by differences."""
    a = (mine.age - mine.age.mean()) / mine.age.std()
    powers = np.vander(a, 4, increasing=True)
    start = np.zeros(12)
    start[0], start[4] = mine.raw.mean(), np.log(mine.raw.std())

    def cost(b: np.ndarray) -> float:
        mu, log_sigma, epsilon, log_delta = powers @ b[:4], powers[:, :3] @ b[4:7], powers[:, :3] @ b[7:10], powers[:, :2] @ b[10:]
        with np.errstate(all="ignore"):
            value = -shash_log_density(mine.raw, mu, np.exp(log_sigma), epsilon, np.exp(log_delta)).sum()
        return float(value) if np.isfinite(value) else 1e12

    return -float(minimize(cost, start, method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 100_000}).fun)


def main() -> None:
    """Print CPU seconds and log-likelihoods."""
    folder = shared_folder()
    file = folder and folder / "reference" / "cnorm" / "data" / "ppvt.csv"
    mine = simulated()
    if file and file.is_file():
        table = pd.read_csv(file)
        mine = sample(table["raw"], table["age"])
    curve, items = fit_shash(mine), fit_beta_binomial(mine, N_ITEMS)
    random = np.random.default_rng(2)
    raw, age = random.integers(0, N_ITEMS + 1, SCORED).astype(float), random.uniform(*curve.ages, SCORED)
    times = cpu_seconds(lambda: fit_shash(mine), lambda: fit_beta_binomial(mine, N_ITEMS), lambda: curve.score(raw, age), lambda: items.score(raw, age))
    bare = cpu_seconds(lambda: yardstick(mine), runs=1)[0]
    print(f"fit to {mine.n:,} children: SHASH {times[0]:.3f} s, beta-binomial {times[1]:.3f} s; yardstick (SHASH, general optimiser) {bare:.3f} s")
    print(f"log-likelihood: SHASH {curve.log_likelihood:.3f} (yardstick {yardstick(mine):.3f}), beta-binomial {items.log_likelihood:.3f}")
    print(f"{SCORED:,} children, no two alike: SHASH {times[2]:.3f} s, beta-binomial {times[3]:.3f} s")
    print(f"peer: {PEER}")


if __name__ == "__main__":
    main()
