"""nnyfs-plank@2012: the cells again from the raw data, a published table of the same survey, and the lines between the cells."""

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


def weighted(children: pd.DataFrame, percents: tuple[int, ...]) -> np.ndarray:
    """Weighted percentiles: each child at the middle of its own share of the cumulated weight, straight lines between children.

    Where children share a time, the order in which they are counted moves the line to their neighbours a little. All orders lie
    between the four of the result (4, p): the first child of the tied ones the lightest or heaviest, and the last likewise.
    """
    groups = children.groupby("plank_s").weight.agg(["sum", "min", "max"])
    before = groups["sum"].cumsum() - groups["sum"]
    found = []
    for first in ("min", "max"):
        for last in ("min", "max"):
            ends = np.column_stack([before + groups[first] / 2, before + groups["sum"] - groups[last] / 2])
            shares = ends.ravel() / groups["sum"].sum()
            found.append(np.interp(np.array(percents) / 100, shares, np.repeat(groups.index.to_numpy(), 2)))
    return np.array(found)


def test_the_pack_holds_the_stored_cells(cells: pd.DataFrame, shared: Path) -> None:
    stored = pd.read_csv(shared / "figures" / "nnyfs_plank" / "nnyfs2012_plank_weighted_cells.csv")
    assert len(cells) == len(stored) == 26
    both = cells.merge(stored, left_on=["sex", "age_from"], right_on=["sex", "age_years_completed"])
    assert both.n.equals(both.n_unweighted) and (both.age_to - both.age_from == 1).all()
    for column in COLUMNS:
        assert both[column].equals(both[f"{column}_s"])


def test_the_cells_again_from_the_raw_data(cells: pd.DataFrame, survey: pd.DataFrame) -> None:
    """All 234 lie, within their rounding, where some order of the tied children puts them; four fifths wherever these stand."""
    settled = []
    for row in cells.itertuples():
        children = survey[(survey.sex == row.sex) & (survey.age_years == row.age_from)]
        assert len(children) == row.n
        orders = weighted(children, PERCENTS)
        printed = np.array([getattr(row, column) for column in COLUMNS])
        low, high = orders.min(axis=0), orders.max(axis=0)
        assert (printed >= low - ROUNDING).all() and (printed <= high + ROUNDING).all()
        assert (high - low).max() < 4.3
        settled.append(high - low < 0.1)
    assert np.mean(settled) == pytest.approx(0.77, abs=0.01)


def test_a_published_table_of_the_same_survey(survey: pd.DataFrame, shared: Path) -> None:
    """Edelson et al. 2016, both sexes, P10 to P90: 19 of 20 within a second, P90 of all ages within two; means within 0.4 s."""
    published = pd.read_csv(shared / "figures" / "nnyfs_strength_bmc2016" / "nnyfs2012_strength_percentiles_agebands.csv")
    published = published[published.measure == "plank_s"]
    percents = (10, 25, 50, 75, 90)
    off = []
    for row in published.itertuples():
        low, high = map(int, row.age_band_years.split("-"))
        children = survey[survey.age_years.between(low, high)]
        printed = np.array([getattr(row, f"p{percent}") for percent in percents])
        off.append(np.abs(weighted(children, percents) - printed).max(axis=0))
        assert np.average(children.plank_s, weights=children.weight) == pytest.approx(row.mean, abs=0.4)
    assert np.array(off).shape == (4, 5)
    assert np.count_nonzero(np.array(off) > 1.05) == 1
    assert np.max(off) == off[3][4] <= 2


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
