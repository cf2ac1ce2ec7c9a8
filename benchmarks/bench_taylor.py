"""Ranks and Taylor models: cNORM's own samples of 4,542 and 45,035 children, and 100,000 children scored."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
from timing import cpu_seconds, shared_folder

from otscore.norming.fit.rank import rank_by_group, rank_by_window
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.subsets import best_subsets
from otscore.norming.fit.taylor import TaylorModel, fit_taylor
from otscore.norming.fit.taylor_select import design, term_powers

ROWS = 100_000
PEER = "cNORM 3.6.0: ppvt by group 0.17 s, by window 0.38 s; 45,035 children by group 2.1-2.3 s; window ranks 0.20 s and 0.08 s; 100,000 scores about 37 s"


def main() -> None:
    """Print CPU seconds beside the yardstick."""
    shared = shared_folder()
    if shared is None:
        print("needs the shared reference data")
        return
    data = shared / "reference" / "cnorm" / "data"
    ppvt, cdc = _columns(data / "ppvt.csv", "raw", "age", "group"), _columns(data / "CDC.csv.gz", "bmi", "age", "group")
    groups, ages, many, many_ages = sample(ppvt[0], ppvt[2]), sample(*ppvt[:2]), sample(cdc[0], cdc[2]), sample(*cdc[:2])
    model = fit_taylor(ages, rank_by_window(ages, 1.0))
    raw, age = _realistic(ages, model, np.random.default_rng(1))
    calls: dict[str, Callable[[], object]] = {
        "ppvt by group": lambda: fit_taylor(groups),
        "ppvt by window": lambda: fit_taylor(ages, rank_by_window(ages, 1.0)),
        "45,035 children by group": lambda: fit_taylor(many),
        "window ranks, ppvt": lambda: rank_by_window(ages, 1.0),
        "window ranks, 45,035 children": lambda: rank_by_window(many_ages, 1.0),
        f"{ROWS:,} scores": lambda: model.score(raw, age),
        "yardstick: one regression of 23 terms, ppvt": lambda: _one_regression(groups),
        "yardstick: the same, 45,035 children": lambda: _one_regression(many),
        f"yardstick: the polynomial forwards, {ROWS:,}": lambda: model.value(np.zeros(ROWS), age),
    }
    for name, seconds in zip(calls, cpu_seconds(*calls.values()), strict=True):
        print(f"{name}: {seconds:.3f} s")
    _search_alone(groups)
    print(f"undefined scores: {np.isnan(model.score(raw, age).z).sum()} of {ROWS:,}")
    print(f"peer: {PEER}")


def _search_alone(children: Sample) -> None:
    score = 50 + 10 * rank_by_group(children).z
    for powers in ((5, 3), (4, 4)):
        terms = design(score, children.age, term_powers(*powers))
        (seconds,) = cpu_seconds(lambda terms=terms: best_subsets(terms, children.raw, children.weight), runs=1)
        print(f"best subsets of {terms.shape[1]} terms: {seconds:.3f} s")


def _one_regression(children: Sample) -> np.ndarray:
    score = 50 + 10 * rank_by_group(children).z
    terms = design(score, children.age, term_powers(5, 3))
    return np.linalg.lstsq(terms / np.linalg.norm(terms, axis=0), children.raw, rcond=None)[0]


def _realistic(children: Sample, model: TaylorModel, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Children as those of the sample, a few days and points apart."""
    drawn = random.integers(0, children.n, ROWS)
    return np.clip(np.round(children.raw[drawn] + random.normal(0, 3, ROWS)), *model.raws), np.clip(children.age[drawn] + random.normal(0, 0.05, ROWS), *model.ages)


def _columns(file: Path, *names: str) -> list[np.ndarray]:
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [np.array([float(row[name]) for row in rows]) for name in names]


if __name__ == "__main__":
    main()
