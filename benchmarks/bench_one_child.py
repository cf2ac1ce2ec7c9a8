"""One child: a mapping in, a validated Profile out."""

from __future__ import annotations

import statistics
import time

import otscore

PEERS = "R package dscore 40 ms; rcpchgrowth Measurement 1.5 ms"


def main() -> None:
    """Print the median of many calls."""
    for name, extra in (("gsed@2406", {}), ("gsed@gcdg", {}), ("nhanes-grip@2014", {"sex": "female"}), ("hrtl@2022", {}), ("credi@1", {})):
        scorer = otscore.Scorer.load(name)
        items = scorer.form.items[:60]
        answers = {item: _answer(scorer, place) for place, item in enumerate(items)}
        age = {"gsed": 400, "nhanes-grip": 3300, "hrtl": 1500, "credi": 500}[name.partition("@")[0]]
        record = {"id": "c1", "age_days": age, "responses": answers, **extra}
        times = []
        for _ in range(1000):
            start = time.perf_counter()
            scorer.score(record)
            times.append(time.perf_counter() - start)
        print(f"{name}, {len(answers)} answers: median {statistics.median(times) * 1000:.3f} ms")
    print(f"peers: {PEERS}")


def _answer(scorer: otscore.Scorer, place: int) -> float:
    options = scorer.form.option_sets[place]
    return options.legal[place % len(options.legal)] if options.range is None else 15.0 + place


if __name__ == "__main__":
    main()
