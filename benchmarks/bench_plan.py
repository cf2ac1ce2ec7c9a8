"""A plan of a child with ten scales, and the profile that it is made from. Target: under 5 ms."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from unit.profile.made_profiles import profile, scale

import otscore

DOMAINS = ("fine_motor", "gross_motor", "sensory", "self_care", "social")


def main() -> None:
    """Print the median of many calls."""
    first = [scale(f"a{place}", name, -1.5 + 0.5 * place, 0.3, measure="raw", measure_se=1.0) for place, name in enumerate(DOMAINS)]
    second = [scale(f"b{place}", name, -1.0 + 0.4 * place, 0.4, pack="second@1") for place, name in enumerate(DOMAINS)]
    made, earlier = profile(*first, *second), profile(*first, age_days=1000.0)
    goals = [{"goal": "a"}, {"goal": "b", "level": 1}]
    family = [{"problem": "p", "domain": "self_care", "importance": 8, "performance": 3}]
    print(f"plan of 10 scales: median {milliseconds(lambda: made.plan()):.3f} ms")
    full = milliseconds(lambda: made.plan(goals=goals, family=family, weights={"severity": 1, "family": 2}, earlier=earlier, others=[earlier]))
    print(f"with goals, family, weights, an earlier and another profile: median {full:.3f} ms")
    plan = made.plan(goals=goals, family=family)
    print(f"as text: median {milliseconds(lambda: str(plan)):.3f} ms; as JSON: median {milliseconds(plan.to_json):.3f} ms")
    scorer = otscore.Scorer.load("gsed@2406", scales="all")
    record = {"age_days": 400, "responses": dict.fromkeys(scorer.form.items[:60], 1)}
    print(f"gsed@2406, 60 answers, answers to profile: median {milliseconds(lambda: scorer.score(record)):.3f} ms")
    print(f"gsed@2406, 60 answers, answers to plan with next items: median {milliseconds(lambda: scorer.plan(record)):.3f} ms")


def milliseconds(call: Callable[[], object], runs: int = 200) -> float:
    """Median of many calls."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000.0


if __name__ == "__main__":
    main()
