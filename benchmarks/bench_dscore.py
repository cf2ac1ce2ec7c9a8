"""The main job: every childdevdata visit, wide with 1,299 item columns, to the long table with gsed@gcdg."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
from timing import cpu_seconds, current_megabytes, peak_megabytes, reset_peak, shared_folder

import otscore

PEER = "R package dscore 1.10.0: 8.5 s CPU, 1.18 GB"


def wide_frame() -> pd.DataFrame:
    """All visits with a column per item."""
    folder = shared_folder()
    assert folder is not None
    visits = pd.read_csv(folder / "microdata/childdevdata/visits.csv.gz", usecols=["row", "subjid", "agedays"])
    long = pd.read_csv(folder / "microdata/childdevdata/responses_long.csv.gz")
    items, names = pd.factorize(long["item"], sort=True)
    block = np.full((len(visits), len(names)), np.nan)
    block[long["row"].to_numpy() - 1, items] = long["score"]
    answers = pd.DataFrame(block, columns=names)
    return pd.concat([visits[["subjid", "agedays"]], answers], axis=1)


def yardstick(frame: pd.DataFrame, scorer: otscore.Scorer) -> pd.DataFrame:
    """The same computation in bare numpy, without checks of names, statuses or chunks: a dense matrix product."""
    form = scorer.form
    model, prior = form.scales[0].irt.model, form.scales[0].irt.prior
    items = [item for item in form.items if item in frame]
    place = [form.index[item] for item in items]
    answers = frame[items].to_numpy()
    given = ~np.isnan(answers)
    if not ((answers == 0) | (answers == 1) | ~given).all():
        raise ValueError
    age = np.round(frame["agedays"].to_numpy() / 365.25, 4)
    passed = np.where(given, answers, 0).sum(axis=1)
    weights = passed[:, None] * (model.grid / model.scale) - given.astype(float) @ model.softplus[place]
    weights -= 0.5 * ((model.grid - prior.mean(age)[:, None]) / prior.sd) ** 2
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    eap = weights @ model.grid
    sem = np.sqrt((weights * (model.grid - eap[:, None]) ** 2).sum(axis=1))
    ages, nodes = form.scales[0].norm.arrays.nodes[0]
    power, median, spread = (np.interp(age, ages, column, left=np.nan, right=np.nan) for column in nodes.T)
    d = np.round(eap, 2)
    z, low, high = (((x / median) ** power - 1) / (power * spread) for x in (d, d - 1.645 * sem, d + 1.645 * sem))
    return pd.DataFrame(
        {"id": frame["subjid"].to_numpy(), "age_days": frame["agedays"].to_numpy(), "n": given.sum(axis=1), "d": d,
         "sem": sem, "daz": np.round(z, 3), "low": np.round(low, 3), "high": np.round(high, 3)}
    )  # fmt: skip


def ours(frame: pd.DataFrame, scorer: otscore.Scorer) -> pd.DataFrame:
    """The public way."""
    return scorer.score_frame(frame, id="subjid", age_days="agedays").to_frame()


def main() -> None:
    """Print CPU seconds, ratio and memory."""
    if shared_folder() is None:
        print("skipped: the shared microdata are not beside this checkout")
        return
    if "--memory" in sys.argv:
        print_memory()
        return
    frame, scorer = wide_frame(), otscore.Scorer.load("gsed@gcdg")
    mine, bare = cpu_seconds(lambda: ours(frame, scorer), lambda: yardstick(frame, scorer), runs=7)
    print(f"{len(frame):,} x {frame.shape[1] - 2:,} to the long table: {mine:.3f} s CPU; yardstick {bare:.3f} s; ratio {mine / bare:.2f}")
    print(f"peer: {PEER}; ours is {8.5 / mine:.0f} times faster")
    subprocess.run([sys.executable, __file__, "--memory"], check=True)


def print_memory() -> None:
    """Peak memory of scoring, in a process of its own."""
    frame, scorer = wide_frame(), otscore.Scorer.load("gsed@gcdg")
    size = frame.memory_usage(deep=True).sum() / 2**20
    before = current_megabytes()
    reset_peak()
    ours(frame, scorer)
    above = peak_megabytes() - before
    print(f"input {size:.0f} MB; {above:.0f} MB more while scoring: peak is {(size + above) / size:.2f} times the input")


if __name__ == "__main__":
    main()
