"""Cost per row from 10^4 to 10^7 rows, and the peak memory of a streamed file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from timing import current_megabytes, peak_megabytes, reset_peak

import otscore
from otscore.cli import main as command

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def children(rows: int) -> pd.DataFrame:
    """Random grip trials."""
    random = np.random.default_rng(2)
    trials = {f"dominant_{trial}": random.uniform(8, 45, rows).round(1) for trial in (1, 2, 3)}
    return pd.DataFrame({"age_years": random.uniform(6, 19, rows).round(3), "sex": random.choice(["male", "female"], rows), **trials})


def main() -> None:
    """Print microseconds per row, then memory of `otscore score` on files of growing length."""
    if len(sys.argv) > 2 and sys.argv[1] == "--stream":
        stream(int(sys.argv[2]))
        return
    scorer = otscore.Scorer.load("nhanes-grip@2014", scales=["dominant"])
    for rows in SIZES:
        frame = children(rows)
        start = time.process_time()
        scorer.score_frame(frame).to_frame()
        print(f"{rows:>10,} rows to the long table: {(time.process_time() - start) / rows * 1e6:.2f} us CPU a row", flush=True)
    for rows in SIZES[1:3]:
        subprocess.run([sys.executable, __file__, "--stream", str(rows)], check=True)


def stream(rows: int) -> None:
    """Score a CSV file of this many rows."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "children.csv", Path(folder) / "scores.csv"
        for start in range(0, rows, 100_000):
            children(min(100_000, rows - start)).to_csv(source, mode="a", header=start == 0, index=False)
        reset_peak()
        before, start = current_megabytes(), time.process_time()
        command(["score", str(source), "--pack", "nhanes-grip@2014", "--scales", "dominant", "--out", str(target)])
        seconds = time.process_time() - start
        print(f"{rows:>10,} rows streamed CSV to CSV: {seconds / rows * 1e6:.1f} us CPU a row, {peak_megabytes():.0f} MB peak ({before:.0f} MB before)", flush=True)


if __name__ == "__main__":
    main()
