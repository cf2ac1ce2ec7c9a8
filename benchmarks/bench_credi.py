"""CREDI long form: 2,000 simulated children to all five scores with z and intervals, beside the same search in bare numpy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from timing import cpu_seconds

import otscore

CHILDREN = 2_000
PEER_MS = 6.0
PEER = "R package credi 1.1.0: 6 ms CPU a child"


def parameters(scorer: otscore.Scorer) -> tuple[np.ndarray, np.ndarray]:
    """Loadings (k, 4) and tau (k,) of the joint model, in the order of its columns."""
    model = next(model for model in scorer.pack.manifest.irt if model.model == "joint_map")
    table = scorer.pack.tables[model.items]
    return np.column_stack([table.numbers(scale) for scale in model.scales]), table.numbers("tau")


def simulated(scorer: otscore.Scorer) -> pd.DataFrame:
    """Children of 0 to 36 months, each asked about 60 items around its age."""
    random = np.random.default_rng(5)
    form = scorer.form
    joint, overall = form.joint[0], form.scales[-1]
    age = random.uniform(0, 36, CHILDREN)
    mean, (loadings, tau) = joint.prior.mean(age), parameters(scorer)
    theta = mean + random.multivariate_normal(np.zeros(4), np.linalg.inv(joint.model.precision), CHILDREN)
    answers = np.full((CHILDREN, len(form.items)), np.nan)
    chance = 1 / (1 + np.exp(-(theta @ loadings.T - tau)))
    answers[:, joint.columns] = random.random(chance.shape) < chance
    far = np.abs(overall.irt.difficulty - overall.irt.prior.mean(age)[:, None])
    asked = np.zeros_like(answers, dtype=bool)
    asked[:, overall.columns] = far <= np.sort(far, axis=1)[:, [59]]
    answers[~asked] = np.nan
    reverse = np.array([item.reverse for item in scorer.pack.items if item.code in form.index])
    answers[:, reverse] = 1 - answers[:, reverse]
    return pd.concat([pd.DataFrame({"age_months": age}), pd.DataFrame(answers, columns=form.items)], axis=1)


def yardstick(frame: pd.DataFrame, scorer: otscore.Scorer) -> list[np.ndarray]:
    """Newton search for both models in bare numpy (matrix products, linalg.solve), without names, statuses or missing rules."""
    form = scorer.form
    joint, overall = form.joint[0], form.scales[-1]
    age, answers = frame["age_months"].to_numpy(), frame[list(form.items)].to_numpy(copy=True)
    reverse = np.array([item.reverse for item in scorer.pack.items if item.code in form.index])
    answers[:, reverse] = 1 - answers[:, reverse]
    y = answers[:, joint.columns]
    given, y = ~np.isnan(y), np.nan_to_num(y)
    (loadings, tau), mean, precision = parameters(scorer), joint.prior.mean(age), joint.model.precision
    theta, pairs = mean.copy(), loadings[:, :, None] * loadings[:, None, :]
    for _ in range(50):
        p = 1 / (1 + np.exp(tau - theta @ loadings.T))
        gradient = np.where(given, y - p, 0) @ loadings - (theta - mean) @ precision
        hessian = np.tensordot(np.where(given, p * (1 - p), 0), pairs, axes=1) + precision
        step = np.clip(np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0], -1, 1)
        theta += step
        if np.abs(step).max() < 1e-10:
            break
    errors = np.sqrt(np.diagonal(np.linalg.inv(hessian), axis1=1, axis2=2))
    x = answers[:, overall.columns]
    known, x, irt = ~np.isnan(x), np.nan_to_num(x), overall.irt
    centre, variance = irt.prior.mean(age), irt.prior.variance(age)
    one = centre.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-irt.discrimination * (one[:, None] - irt.difficulty)))
        slope = np.where(known, x - p, 0) @ irt.discrimination - (one - centre) / variance
        information = np.where(known, p * (1 - p), 0) @ irt.discrimination**2 + 1 / variance
        one += np.clip(slope / information, -1, 1)
        if np.abs(slope / information).max() < 1e-10:
            break
    ability = np.column_stack([theta, one]) + 50
    sem = np.column_stack([errors, 1 / np.sqrt(information)])
    rounded, results = np.round(ability, 3), [ability, sem]
    for place, scale in enumerate(form.scales):
        rows = scale.norm.arrays.values[np.minimum(age.astype(int), 36)]
        value = rounded[:, place]
        results += [(side - rows[:, 0]) / rows[:, 1] for side in (value, value - 1.645 * sem[:, place], value + 1.645 * sem[:, place])]
    return results


def main() -> None:
    """Print CPU seconds, milliseconds a child, and how far the two are apart."""
    scorer = otscore.Scorer.load("credi@1")
    frame = simulated(scorer)

    def ours() -> pd.DataFrame:
        return scorer.score_frame(frame, age_months="age_months").to_frame()

    exact = otscore.Scorer.load("credi@1", rounding="none").score_frame(frame, age_months="age_months").arrays.ability
    apart = np.nanmax(np.abs(exact - yardstick(frame, scorer)[0]))
    mine, bare = cpu_seconds(ours, lambda: yardstick(frame, scorer))
    each = 1000 * mine / CHILDREN
    print(f"{CHILDREN:,} children, 60 answers each, to the long table: {mine:.3f} s CPU, {each:.3f} ms a child")
    print(f"yardstick {bare:.3f} s; ratio {mine / bare:.2f}; abilities apart by {apart:.1e} at most")
    print(f"peer: {PEER}; ours is {PEER_MS / each:.0f} times faster")


if __name__ == "__main__":
    main()
