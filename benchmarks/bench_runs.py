"""Basal and ceiling, in every way the format has, for a million children; sums with neither are the yardstick."""

from __future__ import annotations

import numpy as np
from timing import cpu_seconds

from otscore.kernel.raw import total
from otscore.kernel.runs import RunRule, run_result

N, ITEMS, CHUNK = 1_000_000, 30, 8192
RULES = {
    "three in a row, of several the usual one": RunRule(3, 3, 3),
    "three of five": RunRule(3, 3, 5, basal_within=5),
    "sets of three": RunRule(0, 0, 0, set_starts=tuple(range(0, ITEMS, 3))),
    "three blocks": RunRule(3, 3, 3, blocks=((0, 10), (10, 20), (20, 30))),
}


def main() -> None:
    """Print CPU seconds for a million children in chunks."""
    draw = np.random.default_rng(4)
    ability = draw.normal(size=(N, 1))
    points = (ability + draw.logistic(size=(N, ITEMS)) > np.linspace(-3, 3, ITEMS)).astype(np.float64)
    asked = np.abs(np.arange(ITEMS) - (15 + 5 * ability)) < 9
    points = np.where(asked, points, np.nan)
    most = np.ones(ITEMS)
    calls = [lambda rule=rule: [run_result(points[at : at + CHUNK], most, rule) for at in range(0, N, CHUNK)] for rule in RULES.values()]
    *ours, plain = cpu_seconds(*calls, lambda: [total(points[at : at + CHUNK]) for at in range(0, N, CHUNK)], runs=3)
    print(f"{N} children, {ITEMS} items; sum of the items alone {plain:.2f} s CPU")
    for name, seconds in zip(RULES, ours, strict=True):
        print(f"{name}: {seconds:.2f} s CPU, {seconds / plain:.1f} times the sum")


if __name__ == "__main__":
    main()
