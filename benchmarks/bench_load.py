"""Import, and reading and compiling each pack."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import otscore


def main() -> None:
    """Print milliseconds."""
    mine, bare = _import_seconds("otscore"), _import_seconds("numpy, pydantic")
    print(f"import otscore {mine * 1000:.0f} ms; import numpy, pydantic {bare * 1000:.0f} ms; ratio {mine / bare:.2f}")
    for info in otscore.packs():
        times = []
        for _ in range(9):
            start = time.perf_counter()
            otscore.Scorer.load(info.name, scales="all")
            times.append(time.perf_counter() - start)
        print(f"Scorer.load({info.name!r}): median {statistics.median(times) * 1000:.1f} ms")


def _import_seconds(names: str) -> float:
    times = []
    for _ in range(7):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {names}"], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
