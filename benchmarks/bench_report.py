"""Reports to read: 1,000 HTML and Markdown files of the simulated example children, from scores to text."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pandas as pd

import otscore
from otscore.data import example_children

PACKS = ("gsed@2406", "hrtl@2022", "cfm@2-4", "cfm@5-17", "ecdi@2030", "nhanes-grip@2014")
N = 1000


def main() -> None:
    """Print seconds for a thousand profiles, and for their reports as HTML and as Markdown."""
    children = pd.read_csv(example_children())
    scores = otscore.Battery.load(PACKS).score_frame(children.iloc[np.arange(N) % len(children)])
    clock = [time.process_time()]
    profiles = [scores.profile(row) for row in range(N)]
    clock.append(time.process_time())
    sizes = [len(profile.to_html()) for profile in profiles]
    clock.append(time.process_time())
    for profile in profiles:
        profile.to_markdown()
    clock.append(time.process_time())
    built, html, markdown = np.diff(clock)
    print(f"{N} children, {len(PACKS)} packs: profiles {built:.2f} s CPU, HTML {html:.2f} s (median {statistics.median(sizes) / 1024:.0f} kB), Markdown {markdown:.2f} s")


if __name__ == "__main__":
    main()
