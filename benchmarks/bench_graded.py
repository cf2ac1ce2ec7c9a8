"""Graded response models: bias, spread and interval coverage of EAP, mode and Warm's estimate on simulated children, and their cost."""

from __future__ import annotations

from functools import partial

import numpy as np
from timing import cpu_seconds

import otscore
from otscore.batch import Batch
from otscore.engine import score

CHILDREN = 20_000
LEVEL, Z = 0.90, 1.6448536269514722
PACK = "nsch-hrtl@2022"
PLACES = ((-np.inf, -1.0), (-1.0, 1.0), (1.0, np.inf))


def simulated(scorer: otscore.Scorer, random: np.random.Generator) -> tuple[Batch, np.ndarray, np.ndarray]:
    """Children of 3, 4 and 5 years with answers drawn from the model; their abilities, and the prior means of these."""
    form = scorer.form
    model = form.scales[0].irt
    age, sex = random.integers(3, 6, CHILDREN).astype(float), random.integers(0, 2, CHILDREN).astype(float)
    mean = model.prior.mean(age) + model.shifts[0].by[sex.astype(np.intp)]
    ability = mean + model.prior.sd * random.standard_normal(CHILDREN)
    responses = np.full((CHILDREN, len(form.items)), np.nan)
    for place, loading in enumerate(model.model.loadings):
        noise = random.standard_normal(CHILDREN) if model.model.link == "probit" else random.logistic(size=CHILDREN)
        points = ((loading * ability + noise)[:, None] >= model.model.thresholds[place]).sum(axis=1)
        column = form.scales[0].columns[place]
        coding = next(one for one in form.codings if column in one.columns)
        order = np.argsort(coding.points)
        responses[:, column] = coding.legal[order][points]
    return Batch(responses, age, age * 365.25, np.full(CHILDREN, np.nan), {"sex": sex}), ability, mean


def bare_eap(scorer: otscore.Scorer, points: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The yardstick: EAP of complete answers in bare numpy, answers as a one-hot matrix product."""
    model = scorer.form.scales[0].irt
    grid, tables = model.model.grid, model.model.log_probability
    one_hot = (points[:, :, None] == np.arange(tables.shape[1])).reshape(len(points), -1).astype(float)
    weights = one_hot @ np.where(np.isfinite(tables), tables, -1e9).reshape(-1, grid.size)
    weights -= 0.5 * ((grid - mean[:, None]) / model.prior.sd) ** 2
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ grid


def told(found: np.ndarray, error: np.ndarray, ability: np.ndarray, mean: np.ndarray, sd: float) -> str:
    """Bias at low, middle and high true abilities, spread of T, share of true abilities within the interval."""
    z = (ability - mean) / sd
    bias = [10 * np.mean((found - ability)[(z >= low) & (z < high)]) / sd for low, high in PLACES]
    inside = np.abs(found - ability) <= Z * error
    parts = [100 * np.mean(inside[(z >= low) & (z < high)]) for low, high in PLACES]
    spread = 10 * np.std((found - mean) / sd)
    root = 10 * np.sqrt(np.mean(np.square(found - ability))) / sd
    return (
        f"bias {bias[0]:+5.2f} {bias[1]:+5.2f} {bias[2]:+5.2f} T below -1 SD, between, above +1 SD; error {root:4.2f} T; T spreads by {spread:5.2f}; "
        f"{LEVEL:.0%} interval holds {100 * np.mean(inside):4.1f} % ({parts[0]:.1f}, {parts[1]:.1f}, {parts[2]:.1f})"
    )


def main() -> None:
    """Print what a user of the estimators should know, and CPU seconds beside the yardstick."""
    for scale in ("early_learning", "social_emotional"):
        random = np.random.default_rng(3)
        scorers = {way: otscore.Scorer.load(PACK, scales=[scale], estimator=way, rounding="none") for way in ("eap", "map", "wle")}
        batch, ability, mean = simulated(scorers["eap"], random)
        sd = scorers["eap"].form.scales[0].irt.prior.sd
        print(f"{scale}: {CHILDREN:,} children of the model")
        for way, scorer in scorers.items():
            found = score(scorer.form, batch)
            print(f"  {way}: {told(found.ability[:, 0], found.sem[:, 0], ability, mean, sd)}")
        points = _points(scorers["eap"], batch)
        calls = [partial(score, scorer.form, batch) for scorer in scorers.values()]
        times = cpu_seconds(*calls, partial(bare_eap, scorers["eap"], points, mean), runs=3)
        print(f"  CPU s: eap {times[0]:.3f}, map {times[1]:.3f}, wle {times[2]:.3f}; yardstick (eap only) {times[3]:.3f}")


def _points(scorer: otscore.Scorer, batch: Batch) -> np.ndarray:
    form = scorer.form
    points = np.empty_like(batch.responses)
    for coding in form.codings:
        points[:, coding.columns] = coding.points[np.searchsorted(coding.legal, batch.responses[:, coding.columns])]
    return points[:, form.scales[0].columns]


if __name__ == "__main__":
    main()
