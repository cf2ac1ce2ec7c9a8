"""LMS scores for a million children: the curve alone, and three grip trials through the whole engine."""

from __future__ import annotations

import numpy as np
from timing import cpu_seconds

import otscore
from otscore.batch import Batch
from otscore.engine import score
from otscore.kernel.curves import interpolate_linear, lms_z

ROWS = 1_000_000
PEER = "rcpchgrowth 259 s"


def main() -> None:
    """Print CPU seconds beside the yardstick."""
    random = np.random.default_rng(1)
    form = otscore.Scorer.load("nhanes-grip@2014", scales=["dominant"]).form
    age, trials = random.uniform(6, 19, ROWS), random.uniform(8, 45, (ROWS, len(form.items)))
    sex = random.integers(0, 2, ROWS).astype(float)
    curves = form.scales[0].norm.arrays.nodes
    best = trials.max(axis=1)
    batch = Batch(trials, age, age * 365.25, np.full(ROWS, np.nan), {"sex": sex})

    def curve_alone() -> np.ndarray:
        ages, nodes = curves[0]
        return lms_z(best, *interpolate_linear(age, ages, nodes).T)

    def yardstick() -> np.ndarray:
        z = np.empty(ROWS)
        for code, (ages, nodes) in curves.items():
            mine = sex == code
            power, median, spread = (np.interp(age[mine], ages, column) for column in nodes.T)
            z[mine] = ((best[mine] / median) ** power - 1) / (power * spread)
        return z

    alone, engine, bare = cpu_seconds(curve_alone, lambda: score(form, batch), yardstick)
    print(f"{ROWS:,} children: curve alone {alone:.3f} s; trials to z, percentile, interval and status {engine:.3f} s; yardstick (z only, both sexes) {bare:.3f} s")
    print(f"peer: {PEER}")


if __name__ == "__main__":
    main()
