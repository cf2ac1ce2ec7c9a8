"""CPU seconds of a call: the median of several runs after one that is not counted, ours and the yardstick in turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def cpu_seconds(*calls: Callable[[], object], runs: int = 5) -> list[float]:
    """Median CPU seconds of each call; the calls take turns so that a drifting machine treats them alike."""
    for call in calls:
        call()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for place, call in enumerate(calls):
            time.sleep(0.05)  # the threads of a matrix product spin on a while, and would be counted to the next call
            start = time.process_time()
            call()
            times[place].append(time.process_time() - start)
    return [statistics.median(one) for one in times]


def current_megabytes() -> float:
    """Memory of this process now (Linux)."""
    return _status("VmRSS")


def reset_peak() -> None:
    """Forget the largest memory so far (Linux)."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def peak_megabytes() -> float:
    """Largest memory of this process since the start or the last reset (Linux)."""
    return _status("VmHWM")


def _status(name: str) -> float:
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name))


def shared_folder() -> Path | None:
    """The folder with reference data, where it is there."""
    named = os.environ.get("OTSCORE_REFERENCE")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if (folder / "microdata").is_dir() else None
