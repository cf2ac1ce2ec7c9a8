"""Pictures: drawn on a figure of their own, then made into a PNG; the aim is less than 0.3 s each to draw."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from timing import cpu_seconds

import otscore
from otscore.codes import Domain
from otscore.profile.progress_models import Occasion, Progress, Step, Trajectory
from otscore.report.pictures import profile_picture, progress_picture, progress_z_picture, sample_picture


def main() -> None:
    """Print CPU seconds of each picture."""
    battery = otscore.Battery.load(["gsed@2406", "credi@1", "hrtl@2022"])
    answers = {item: 1 for item in battery.forms[0].items[:60]}
    child = battery.score({"age_days": 700, "responses": answers}, errors="flag")
    draw = np.random.default_rng(1)
    table = pd.DataFrame({"age_days": draw.uniform(100, 1000, 2000)} | {item: draw.integers(0, 2, 2000) for item in answers})
    scores, way = otscore.Scorer.load("gsed@2406").score_frame(table), made_up_way()
    pictures: dict[str, Callable[[], Axes]] = {
        "profile, headlines": partial(profile_picture, child), "profile, all results": partial(profile_picture, child, lines="results"),
        "progress": partial(progress_picture, way, 0), "progress, z": partial(progress_z_picture, way, 0),
        "sample": partial(sample_picture, scores, "d"), "sample by age": partial(sample_picture, scores, "d", by_age=[0, 6, 12, 18, 24, 30, 36]),
    }  # fmt: skip
    for name, picture in pictures.items():
        drawn, saved = cpu_seconds(picture, lambda picture=picture: png(picture()))  # type: ignore[misc]
        print(f"{name}: drawn {drawn:.3f} s, with the PNG {saved:.3f} s")
    (grouped,) = cpu_seconds(lambda: scores.group_frame(by=np.arange(2000) % 5))
    print(f"group table of 2,000 children in 5 groups: {grouped:.3f} s")


def made_up_way() -> Progress:
    """Four occasions of one scale."""
    more = {"corrected_age_days": None, "age_basis": "chronological", "ci_level": 0.9, "status": "ok"}
    occasions = [
        Occasion.model_construct(age_days=180.0 * n, value=20.0 * n, se=2.0, z=-0.3 * n, z_low=-0.3 * n - 0.5, z_high=-0.3 * n + 0.5, **more)
        for n in (1, 2, 3, 4)
    ]
    steps = [
        Step.model_construct(before=n, after=n + 1, direction="up", z_direction="down", gained_but_fell_behind=True, reason=None) for n in (0, 1, 2)
    ]
    path = Trajectory.model_construct(pack="gsed@2406", scale="d", domain=Domain.GENERAL, informant="", measure="ability", occasions=occasions, steps=steps)
    return Progress.model_construct(id=None, level=0.9, ages_days=(), trajectories=(path,), goals=(), packs=(), refused=())


def png(ax: Axes) -> bytes:
    """The picture as a file."""
    stream, figure = io.BytesIO(), ax.get_figure(root=True)
    FigureCanvasAgg(figure)
    figure.savefig(stream, dpi=100)  # type: ignore[union-attr]
    return stream.getvalue()


if __name__ == "__main__":
    main()
