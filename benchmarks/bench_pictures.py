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
from otscore import norming
from otscore.codes import Domain
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.bootstrap import bootstrap_values
from otscore.norming.fit.samples import sample
from otscore.norming.fit.shash import fit_shash
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
    for name, picture in (pictures | of_norms()).items():
        drawn, saved = cpu_seconds(picture, lambda picture=picture: png(picture()))  # type: ignore[misc]
        print(f"{name}: drawn {drawn:.3f} s, with the PNG {saved:.3f} s")
    (grouped,) = cpu_seconds(lambda: scores.group_frame(by=np.arange(2000) % 5))
    print(f"group table of 2,000 children in 5 groups: {grouped:.3f} s")


def of_norms() -> dict[str, Callable[[], Axes]]:
    """Each picture of norms, of 2,000 made-up children."""
    draw = np.random.default_rng(2)
    age = draw.uniform(5, 13, 2000)
    mine = sample(np.clip(np.round(6 * age - 16 + draw.normal(size=2000) * (2 + 0.4 * age)), 0, 80), age)
    model, other = fit_shash(mine), fit_beta_binomial(mine, 80)
    bands = bootstrap_values(mine, fit_shash, (-1.645, 0, 1.645), np.linspace(5, 13, 60), times=20)
    return {
        "norms, percentiles": partial(norming.plot_percentiles, model, mine), "norms, curves": partial(norming.plot_norm_curves, model),
        "norms, scores": partial(norming.plot_scores, model), "norms, observed": partial(norming.plot_observed, model, mine),
        "norms, observed z": partial(norming.plot_observed_z, model, mine), "norms, worms": partial(norming.plot_worms, model, mine),
        "norms, comparison": partial(norming.plot_comparison, {"SHASH": model, "beta-binomial": other}),
        "norms, bands": partial(norming.plot_bands, bands, ["P5", "P50", "P95"], level=0.9),
    }  # fmt: skip


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
