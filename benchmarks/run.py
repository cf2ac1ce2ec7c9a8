"""Run the benchmarks: all of them, or those named on the command line."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = ("dscore", "one_child", "lms", "boxcox", "rows", "load", "credi", "graded", "change", "faults", "report", "parametric", "norming", "taylor")


def main() -> None:
    """Each benchmark prints its own figures."""
    sys.path.insert(0, str(Path(__file__).parent))
    for name in sys.argv[1:] or NAMES:
        print(f"== {name}", flush=True)
        import_module(f"bench_{name}").main()
        print(flush=True)


if __name__ == "__main__":
    main()
