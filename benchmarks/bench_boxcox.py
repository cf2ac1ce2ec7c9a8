"""LMS curves of the 2,400 children of the grip survey, dominant hand, boys and girls apart, with survey weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize
from timing import cpu_seconds, shared_folder

from otscore.norming.fit.boxcox import fit_bct, fit_lms
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import Polynomial, Spline


def main() -> None:
    """Print CPU seconds beside the yardstick: the same likelihood with differences for slopes, by a general minimiser."""
    folder = shared_folder()
    if folder is None:
        print("needs the shared microdata")
        return
    both = grip(pd.read_csv(folder / "microdata" / "nhanes_2013_2014_grip" / "grip.csv"))
    power, median, spread = Polynomial(1), Polynomial(4), Polynomial(2)
    shipped, splines, tails, bare = cpu_seconds(
        lambda: [fit_lms(one, power, median, spread) for one in both],
        lambda: [fit_lms(one, power, Spline(6), Spline(3)) for one in both],
        lambda: [fit_bct(one, power, median, spread, Polynomial(0)) for one in both],
        lambda: [yardstick(one) for one in both],
    )
    children = sum(one.n for one in both)
    print(f"{children:,} children: LMS with polynomials {shipped:.3f} s, with splines {splines:.3f} s; BCT {tails:.3f} s; yardstick {bare:.3f} s")


def grip(children: pd.DataFrame) -> list[Sample]:
    """Best trial of the dominant hand under 19 years, one sample for each sex."""
    children = children[children["age_months"] < 19 * 12]
    first, second = (children.filter(like=f"{hand}_hand_trial").max(axis=1) for hand in ("first", "second"))
    kg = first.where(children["handedness"] == children["first_hand"], second).where(children["handedness"].isin(["left", "right"]))
    mine = [children["sex"] == sex for sex in ("male", "female")]
    return [sample(kg[sex], (children["age_months"][sex] + 0.5) / 12, children["weight_mec2yr"][sex]) for sex in mine]


def yardstick(children: Sample) -> np.ndarray:
    """The ten coefficients."""
    x, log_raw = (children.age - 12.5) / 6.5, np.log(children.raw)
    powers = np.vander(x, 5, increasing=True)

    def cost(b: np.ndarray) -> float:
        power, log_spread = powers[:, :2] @ b[:2], powers[:, :3] @ b[7:]
        ratio = log_raw - powers @ b[2:7]
        z = np.expm1(power * ratio) / power / np.exp(log_spread)
        return float(children.weight @ (z**2 / 2 + log_spread - power * ratio))

    return optimize.minimize(cost, [0.3, 0.01, 3.0, 0.6, 0, 0, 0, -1.6, 0, 0], method="BFGS").x


if __name__ == "__main__":
    main()
