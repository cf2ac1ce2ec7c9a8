"""The fictional motor battery: trials, hands, points, scaled scores, composites. A million children, and one."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from pathlib import Path

import numpy as np
from timing import cpu_seconds

import otscore
from otscore.batch import Batch
from otscore.compile import Form
from otscore.engine import score

PACK = Path(__file__).resolve().parents[1] / "tests/packs/fictional/hobbin/1"
N, CORES = 1_000_000, 2


def main() -> None:
    """Print seconds for a million children on one core and on two, beside a bare pass over the same answers, and for one child."""
    scorer = otscore.Scorer.load(path=PACK)
    form = scorer.form
    batch = cohort(form, N)
    ours, bare = cpu_seconds(lambda: score(form, batch), lambda: np.isfinite(batch.responses).sum(axis=1), runs=3)
    together = on_cores(form, batch)
    print(f"{N} children, {len(form.items)} answers, {len(form.derived)} items made of them, {len(form.result_ids)} scores")
    print(f"one core {ours:.2f} s CPU ({ours / N * 1e6:.2f} us a child; counting the answers alone {bare:.2f} s); {CORES} processes {together:.2f} s by the clock")
    print(f"one child, mapping to Profile: median {one_child(scorer):.3f} ms")


def on_cores(form: Form, batch: Batch) -> float:
    """Seconds by the clock with a process for each core, every one with its part of the children."""
    context = multiprocessing.get_context("fork")
    parts = [batch.rows(place * N // CORES, (place + 1) * N // CORES) for place in range(CORES)]
    workers = [context.Process(target=score, args=(form, part)) for part in parts]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


def cohort(form: Form, n: int) -> Batch:
    """Children with an answer to every item, at every age of the pack."""
    draw = np.random.default_rng(4)
    columns = [np.round(draw.uniform(*one.range, n)) if one.range else draw.choice(np.array(one.legal), n) for one in form.option_sets]
    rule, unknown = form.pack.manifest.age, np.full(n, np.nan)
    age = np.floor(draw.uniform(rule.from_ or 0.0, rule.below or 1.0, n))
    strata = {name: draw.integers(0, len(form.pack.manifest.strata[name].values), n).astype(np.float64) for name in form.strata}
    return Batch(np.ascontiguousarray(np.stack(columns, axis=1)), age, unknown, unknown, strata)


def one_child(scorer: otscore.Scorer, runs: int = 500) -> float:
    """Median milliseconds of one record."""
    batch = cohort(scorer.form, 1)
    strata = {name: scorer.pack.manifest.strata[name].values[int(codes[0])] for name, codes in batch.strata.items()}
    answers = dict(zip(scorer.form.items, batch.responses[0].tolist(), strict=True))
    record = {f"age_{scorer.pack.manifest.age.unit}": float(batch.age[0]), "responses": answers, "strata": strata}
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        scorer.score(record)
        times.append(time.perf_counter() - began)
    return 1000.0 * statistics.median(times)


if __name__ == "__main__":
    main()
