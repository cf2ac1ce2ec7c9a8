"""nnyfs-plank@2012: the cells by a plain computation from the raw data, and the lines between the cells."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.codes import STATUS_NAMES

PERCENTS = (3, 5, 10, 25, 50, 75, 90, 95, 97)
COLUMNS = [f"p{percent:02d}" for percent in PERCENTS]
ROUNDING = 0.0501  # cells have one decimal


@pytest.fixture(scope="module")
def scorer(checkout: Path) -> otscore.Scorer:
    return otscore.Scorer.load(path=checkout / "norms" / "nnyfs-plank" / "2012", rounding="none")


@pytest.fixture(scope="module")
def cells(checkout: Path) -> pd.DataFrame:
    """The cells as the pack holds them."""
    return pd.read_csv(checkout / "norms" / "nnyfs-plank" / "2012" / "tables" / "percentiles.csv")


@pytest.fixture(scope="module")
def survey(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "microdata" / "nnyfs_2012_plank" / "plank.csv")


def test_the_cells_by_a_plain_computation(cells: pd.DataFrame, survey: pd.DataFrame) -> None:
    """Each child at the middle of its own share of the cumulated weight, straight lines between children; equal times share their mean weight."""
    assert len(cells) == 26
    for row in cells.itertuples():
        mine = survey[(survey.sex == row.sex) & (survey.age_years == row.age_from)].sort_values("plank_s")
        assert (len(mine), row.age_to) == (row.n, row.age_from + 1)
        weight = mine.groupby("plank_s").weight.transform("mean")
        seconds = np.interp(np.array(PERCENTS) / 100, (weight.cumsum() - weight / 2) / weight.sum(), mine.plank_s)
        assert np.abs(seconds - [getattr(row, column) for column in COLUMNS]).max() < ROUNDING


def results(scorer: otscore.Scorer, rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    """z, percentile, band and status for (sex, age, seconds)."""
    frame = pd.DataFrame(rows, columns=["sex", "age_years", "plank_s"])
    part = scorer.score_frame(frame).parts[0]
    arrays, labels = part.arrays, scorer.form.band_labels[0]
    return pd.DataFrame({
        "z": arrays.z[:, 0], "percentile": arrays.percentile[:, 0], "score": arrays.score[:, 0],
        "band": [labels[code] if code >= 0 else "" for code in arrays.band[:, 0]],
        "status": [STATUS_NAMES[code] for code in arrays.status[:, 0]],
    })  # fmt: skip


def test_percentile_and_z_at_and_between_the_cells(scorer: otscore.Scorer, cells: pd.DataFrame) -> None:
    """Straight lines between neighbouring percentiles, z by the inverse normal distribution; the higher one where two coincide."""
    rows, expected, bands = [], [], []
    for row in cells.itertuples():
        times = [getattr(row, column) for column in COLUMNS]
        for place, (low, high) in enumerate(zip(times, times[1:], strict=False)):
            if low == high:
                continue
            for share in (0, 0.25, 0.6, 0.99):
                rows.append((row.sex, row.age_from + 0.5, low + share * (high - low)))
                expected.append(PERCENTS[place] + share * (PERCENTS[place + 1] - PERCENTS[place]))
                bands.append(f"{COLUMNS[place]}_to_{COLUMNS[place + 1]}")
        rows.append((row.sex, row.age_from, times[-1]))
        expected.append(97)
        bands.append("from_p97")
    found = results(scorer, rows)
    assert set(found.status) == {"ok"}
    assert np.abs(found.percentile - np.array(expected)).max() < 1e-10
    assert np.abs(found.z - [NormalDist().inv_cdf(percent / 100) for percent in expected]).max() < 1e-10
    assert found.score.equals(found.percentile)
    assert found.band.tolist() == bands


def test_outside_the_printed_percentiles_there_is_a_place_and_no_number(scorer: otscore.Scorer, cells: pd.DataFrame) -> None:
    rows = [(row.sex, row.age_from, seconds) for row in cells.itertuples() for seconds in (0.0, row.p03 - 0.01, row.p97 + 0.01, 600.0)]
    found = results(scorer, rows)
    assert set(found.status) == {"ok"}
    assert found[["z", "percentile", "score"]].isna().all(axis=None)
    assert found.band.tolist() == ["below_p03", "below_p03", "from_p97", "from_p97"] * len(cells)


def test_ages_outside_the_survey_have_a_status(scorer: otscore.Scorer) -> None:
    found = results(scorer, [("male", 2.99, 5), ("male", 3, 5), ("female", 15.99, 60), ("female", 16, 60)])
    assert found.status.tolist() == ["below_age", "ok", "ok", "above_age"]
    assert found.loc[[0, 3], ["z", "percentile"]].isna().all(axis=None)
