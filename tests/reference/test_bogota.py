"""bogota-items and zaf-vineland: every cell and every fit of the stored figures, from the item responses of childdevdata.

The window rule is written a second time here, item by item: credit below the first item given, none above the last one,
an item left out counts as the one before it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import otscore

Floats = NDArray[np.float64]
BOGOTA = [
    "bat_adaptive", "bat_personal_social", "bat_cognitive", "den_personal_social", "den_selfcare", "den_gross", "den_fine",
    "by3_gross", "by3_fine", "by3_cognitive",
]  # fmt: skip
SOWETO = {f"{what}_{form}": f"zaf_vin_{form}_{what}" for form in ("2y", "4y") for what in ("selfcare", "social", "all")}
NORMS = Path(__file__).resolve().parents[2] / "norms" / "bogota-items" / "1" / "tables" / "norms.csv"
PERCENTS = [5, 10, 25, 50, 75, 90, 95]
DAYS_PER_MONTH = 30.4375
PRINTED = 5e-4 + 1e-9
SMALLEST_BAND = 40
"""Age bands with fewer children do not enter the reliability."""


class Visits:
    """The item responses of one data set, and what can be said of its children without the library."""

    def __init__(self, shared: Path, dataset: str) -> None:
        self.figures = shared / "figures" / "childdevdata"
        folder = shared / "microdata" / "childdevdata"
        visits = pd.read_csv(folder / "visits.csv.gz").set_index("row")
        self.visits = visits[visits["dataset"] == dataset]
        self.months = self.visits["agedays"] / DAYS_PER_MONTH
        responses = pd.read_csv(folder / "responses_long.csv.gz")
        self.responses = responses[responses["row"].isin(self.visits.index)]

    def items(self, name: str) -> list[str]:
        return pd.read_csv(self.figures / f"{name}_items.csv")["item"].tolist()

    def answers(self, name: str) -> pd.DataFrame:
        """Answers to the items of a scale, in order; a row for each visit with at least one."""
        items = self.items(name)
        mine = self.responses[self.responses["item"].isin(items)]
        return mine.pivot(index="row", columns="item", values="score").reindex(columns=items).dropna(how="all")

    def score(self, pack: str, items: list[str], **options: str) -> pd.DataFrame:
        """The long table of the library over the long responses."""
        mine = self.responses[self.responses["item"].isin(items)].join(self.visits[["agedays", "sex"]], on="row")
        scorer = otscore.Scorer.load(pack, **options)
        columns = {"sex": "sex"} if "sex" in scorer.form.strata else {"ignore": ["sex"]}
        scores = scorer.score_frame(mine, id="row", age_days="agedays", item="item", response="score", **columns)
        frame = scores.to_frame()
        return frame.assign(id=pd.to_numeric(frame["id"])).set_index("id")

    def band(self, rows: pd.Index, printed: str) -> NDArray[np.bool_]:
        """Which of the visits lie in a printed age band."""
        if printed == "all":
            return np.ones(len(rows), dtype=np.bool_)
        low, high = map(float, printed.split("-"))
        months = self.months.loc[rows]
        return ((months >= low) & (months < high)).to_numpy()

    def assert_cells(self, name: str, raw: pd.Series, n_items: int) -> None:
        """Number, mean, SD and percentiles of the raw score in every printed cell."""
        sex = self.visits.loc[raw.index, "sex"].str.lower()
        for row in pd.read_csv(self.figures / f"{name}_cells.csv").itertuples():
            within = self.band(raw.index, row.age_band_months) & ((row.sex == "both") | (sex == row.sex)).to_numpy()
            mine = raw[within]
            assert len(mine) == row.n
            found = [mine.mean(), mine.std(), *np.percentile(mine, PERCENTS)]
            np.testing.assert_allclose(found, [row.mean, row.sd, *(getattr(row, f"p{p}") for p in PERCENTS)], atol=PRINTED)
            assert 100 * (mine == n_items).mean() == pytest.approx(row.pct_max, abs=0.05 + 1e-9)


@pytest.fixture(scope="module")
def bogota(shared: Path) -> Visits:
    return Visits(shared, "gcdg_col_lt42m")


@pytest.fixture(scope="module")
def soweto(shared: Path) -> Visits:
    return Visits(shared, "gcdg_zaf")


@pytest.fixture(scope="module")
def bogota_scores(bogota: Visits) -> pd.DataFrame:
    items = sorted({item for scale in BOGOTA for item in bogota.items(f"col_{scale}")})
    return bogota.score("bogota-items@1", items)


@pytest.fixture(scope="module")
def soweto_scores(soweto: Visits) -> pd.DataFrame:
    items = sorted({item for name in SOWETO.values() for item in soweto.items(name)})
    return soweto.score("zaf-vineland@1", items)


def window(answers: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The window rule, one child and one item after the other; and how many gaps were filled."""
    filled, gaps = [], 0
    for row in answers.itertuples(index=False):
        given = [place for place, answer in enumerate(row) if answer == answer]
        points, before = [], 1.0
        for place, answer in enumerate(row):
            if place < given[0]:
                points.append(1.0)
            elif place > given[-1]:
                points.append(0.0)
            else:
                gaps += answer != answer
                before = before if answer != answer else answer
                points.append(before)
        filled.append(points)
    return pd.DataFrame(filled, index=answers.index, columns=answers.columns), gaps


def kr20(points: pd.DataFrame) -> float:
    k, passed = points.shape[1], points.mean()
    return float(k / (k - 1) * (1 - (passed * (1 - passed)).sum() / points.sum(axis=1).var(ddof=0)))


@pytest.mark.parametrize("scale", BOGOTA)
def test_window_rule_gives_every_cell_of_bogota(bogota: Visits, bogota_scores: pd.DataFrame, scale: str) -> None:
    """Raw scores by the rule written here: all cells of the figures; and the library gives the very same."""
    name = f"col_{scale}"
    answers = bogota.answers(name)
    points, gaps = window(answers)
    raw = points.sum(axis=1)
    summary = pd.read_csv(bogota.figures / "summary.csv").set_index("scale").loc[name]
    assert (len(raw), points.shape[1], gaps) == (summary["n_visits"], summary["n_items"], summary["gap_cells_filled"])
    bogota.assert_cells(name, raw, points.shape[1])
    found = bogota_scores[bogota_scores["scale"] == scale].loc[raw.index]
    few = found["status"] == "too_few_items"
    assert few.sum() == (6 if scale == "bat_adaptive" else 0)
    assert (answers.notna().sum(axis=1)[few] < 3).all()
    scored = found["status"] == "ok"
    assert set(found["status"][~few & ~scored]) <= {"below_age", "above_age"}
    np.testing.assert_array_equal(found["raw"][~few], raw[~few])
    assert (found["n_answered"] == answers.notna().sum(axis=1)).all()


def z_of(scale: str, raw: pd.Series, months: pd.Series) -> pd.Series:
    """z by the table of the pack, on the straight line between months; beyond the printed months the last of them."""
    norms = pd.read_csv(NORMS)
    norms = norms[norms["scale"] == scale]
    mean, sd = (np.interp(months, norms["age"], norms[name]) for name in ("mean", "sd"))
    return (raw - mean) / sd


def knotted(months: Floats, knots: Floats) -> Floats:
    """A natural cubic spline by its truncated powers (Hastie, Tibshirani & Friedman 2009, eq. 5.4 and 5.5)."""
    def bent(k: int) -> Floats:
        cubes = np.clip(months - knots[k], 0, None) ** 3 - np.clip(months - knots[-1], 0, None) ** 3
        return np.asarray(cubes / (knots[-1] - knots[k]))

    return np.column_stack([np.ones(months.size), months, *(bent(k) - bent(len(knots) - 2) for k in range(len(knots) - 2))])


@pytest.mark.parametrize("scale", BOGOTA)
def test_norms_of_bogota_fitted_a_second_time(bogota: Visits, scale: str) -> None:
    """Mean a natural spline with six knots, log SD a second power, by turns: weighted means, then Fisher scoring; to the last place."""
    raw = window(bogota.answers(f"col_{scale}"))[0].sum(axis=1)
    months = bogota.months.loc[raw.index].to_numpy()
    knots = np.quantile(months, [0.02, 0.2, 0.4, 0.6, 0.8, 0.98])

    def designs(at: Floats) -> tuple[Floats, Floats]:
        a = (at - 24) / 18
        return knotted(at / 24, knots / 24), np.column_stack([np.ones(a.size), a, a * a])

    of_mean, of_sd = designs(months)
    log_sd, b = np.array([np.log(raw.std()), 0.0, 0.0]), np.zeros(6)
    for _ in range(200):
        sd, before = np.exp(of_sd @ log_sd), b
        b = np.linalg.lstsq(of_mean / sd[:, None], raw / sd, rcond=None)[0]
        log_sd = log_sd + np.linalg.lstsq(of_sd, (((raw - of_mean @ b) / sd) ** 2 - 1) / 2, rcond=None)[0]
        if np.abs(b - before).max() < 1e-9:
            break
    norms = pd.read_csv(NORMS)
    norms = norms[norms["scale"] == scale]
    at_mean, at_sd = designs(norms["age"].to_numpy(float))
    np.testing.assert_allclose(norms["mean"], at_mean @ b, atol=PRINTED + 1e-6)
    np.testing.assert_allclose(norms["sd"], np.exp(at_sd @ log_sd), atol=PRINTED + 1e-6)


@pytest.mark.parametrize("scale", BOGOTA)
def test_z_of_bogota_through_the_library(bogota: Visits, bogota_scores: pd.DataFrame, scale: str) -> None:
    found = bogota_scores[(bogota_scores["scale"] == scale) & (bogota_scores["status"] == "ok")]
    raw = window(bogota.answers(f"col_{scale}"))[0].sum(axis=1)
    months = bogota.months.loc[raw.index]
    lowest = 7 if scale.startswith("bat") else 6
    assert len(found) == ((months >= lowest) & (months <= 42)).sum() - (6 if scale == "bat_adaptive" else 0)
    expected = z_of(scale, raw, months)
    np.testing.assert_allclose(found["z"], expected.loc[found.index], atol=1e-9)


@pytest.mark.parametrize("scale", BOGOTA)
def test_z_of_bogota_has_the_printed_fit(bogota: Visits, scale: str) -> None:
    """Mean, SD and tails of z in every age band, by the straight line between months; completed months are far off.

    Children with the same raw score share a z that may fall to either side of a limit by the rounding of the figures: at
    most 5 % of a band. The Battelle norms begin at 7 months, so their first band is left out.
    """
    raw = window(bogota.answers(f"col_{scale}"))[0].sum(axis=1)
    months = bogota.months.loc[raw.index]
    between, completed = (z_of(scale, raw, age) for age in (months, np.floor(months)))
    fit = pd.read_csv(bogota.figures / f"col_{scale}_fit.csv")
    off = []
    for row in fit[(fit["age_band_months"] != "6-9") | (not scale.startswith("bat"))].itertuples():
        within = bogota.band(raw.index, row.age_band_months)
        z = between[within]
        assert len(z) == row.n
        assert z.mean() == pytest.approx(row.z_mean, abs=0.01)
        assert z.std(ddof=0) == pytest.approx(row.z_sd, abs=0.006)
        for limit, share in ((-1.645, row.pct_below_z_m1645), (-1.0, row.pct_below_z_m1), (1.0, row.pct_below_z_1)):
            assert abs(100 * (z < limit).mean() - share) <= (5 if row.age_band_months != "all" else 1)
        off.append((abs(z.mean() - row.z_mean), abs(completed[within].mean() - row.z_mean)))
    ours, stepped = map(max, zip(*off, strict=True))
    assert stepped > 10 * ours


@pytest.mark.parametrize("scale", BOGOTA)
def test_reliability_within_age_of_bogota(bogota: Visits, scale: str) -> None:
    points, _ = window(bogota.answers(f"col_{scale}"))
    bands = [band for band in pd.read_csv(bogota.figures / f"col_{scale}_fit.csv")["age_band_months"] if band != "all"]
    groups = [points[bogota.band(points.index, band)] for band in bands]
    groups = [group for group in groups if len(group) >= SMALLEST_BAND]
    found = np.average([kr20(group) for group in groups], weights=[len(group) for group in groups])
    table = otscore.Scorer.load("bogota-items@1").pack.psychometrics
    assert table is not None
    assert found == pytest.approx(table.numbers("value")[table.text("scale").index(scale)], abs=PRINTED)


@pytest.mark.parametrize("scale", SOWETO)
def test_sums_of_complete_answers_give_every_cell_of_soweto(soweto: Visits, soweto_scores: pd.DataFrame, scale: str) -> None:
    answers = soweto.answers(SOWETO[scale])
    whole = answers.dropna()
    raw = whole.sum(axis=1)
    soweto.assert_cells(SOWETO[scale], raw, answers.shape[1])
    found = soweto_scores[soweto_scores["scale"] == scale]
    assert (found["status"].loc[answers.index.difference(whole.index)] == "too_few_items").all()
    mine = found.loc[raw.index]
    reasons = set(mine["status"]) - {"ok"}
    assert reasons <= {"stratum_missing", "age_missing"}
    assert (mine["status"] != "ok").sum() <= 3
    np.testing.assert_array_equal(mine["raw"], raw)


@pytest.mark.parametrize("scale", SOWETO)
def test_reliability_within_age_of_soweto(soweto: Visits, scale: str) -> None:
    whole = soweto.answers(SOWETO[scale]).dropna()
    bands = dict.fromkeys(pd.read_csv(soweto.figures / f"{SOWETO[scale]}_cells.csv")["age_band_months"])
    groups = [whole[soweto.band(whole.index, band)] for band in bands]
    found = np.average([kr20(group) for group in groups], weights=[len(group) for group in groups])
    table = otscore.Scorer.load("zaf-vineland@1").pack.psychometrics
    assert table is not None
    assert found == pytest.approx(table.numbers("value")[table.text("scale").index(scale)], abs=PRINTED)


def ends(band: str) -> tuple[float, float]:
    """Lower and upper percent of a place between percentiles."""
    low, _, high = band.replace("below_", "p0_to_").replace("from_", "").partition("_to_")
    return float(low[1:]), float(high[1:]) if high else 100.0


@pytest.mark.parametrize("scale", SOWETO)
def test_a_band_of_soweto_says_what_is_so(soweto: Visits, soweto_scores: pd.DataFrame, scale: str) -> None:
    """Of the children of the cell at least the lower percent have at most this score, and at most the upper percent less.

    Without the rule for equal percentiles a full score of 7 items would lie above P95, though most children have it.
    """
    found = soweto_scores[(soweto_scores["scale"] == scale) & (soweto_scores["status"] == "ok")]
    sex = soweto.visits.loc[found.index, "sex"]
    cells = pd.read_csv(soweto.figures / f"{SOWETO[scale]}_cells.csv")["age_band_months"].unique()
    for printed in cells:
        for _, mine in found[soweto.band(found.index, printed)].groupby(sex):
            one = 100 / len(mine)
            for raw, band in mine.groupby("raw")["band"].first().items():
                low, high = ends(band)
                assert 100 * (mine["raw"] <= raw).mean() >= low - one
                assert 100 * (mine["raw"] < raw).mean() <= high + one
