"""``import otscore`` stays cheap: what it loads, and what it costs beside ``import numpy, pydantic``."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("pandas", "scipy.stats", "pyarrow", "matplotlib")
ROUNDS_AT_LEAST, ROUNDS_AT_MOST = 4, 20


def python(code: str) -> str:
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return result.stdout


def cpu_seconds(code: str) -> float:
    """The time of the processor, which another process beside this one disturbs less than the clock on the wall."""
    import resource  # not on every platform

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    python(code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("code", ["import otscore", "import otscore; otscore.Scorer; otscore.Battery; otscore.packs"])
def test_the_heavy_libraries_stay_outside(code: str) -> None:
    loaded = python(f"{code}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])")
    assert loaded.strip() == "[]"


def test_importing_reads_no_pack() -> None:
    code = (
        "import sys\nopened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import otscore, otscore.api\n"
        "print([name for name in opened if name.endswith(('.toml', '.csv'))])"
    )
    assert python(code).strip() == "[]"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the time of a child process is read with getrusage")
@pytest.mark.parametrize(
    ("ours", "theirs", "limit"),
    [
        ("import otscore", "import numpy, pydantic; pydantic.BaseModel", 1.3),
        ("import otscore; otscore.Scorer", "import numpy, scipy.special, pydantic; pydantic.BaseModel", 2.0),
    ],
)
def test_importing_costs_little_beside_its_libraries(ours: str, theirs: str, limit: float) -> None:
    """The least of several interleaved runs of each; more rounds only while the answer is not yet yes."""
    cost: dict[str, float] = {ours: float("inf"), theirs: float("inf")}
    for done in range(1, ROUNDS_AT_MOST + 1):
        cost = {code: min(least, cpu_seconds(code)) for code, least in cost.items()}
        if done >= ROUNDS_AT_LEAST and cost[ours] <= limit * cost[theirs]:
            return
    assert cost[ours] <= limit * cost[theirs]
