"""Derived tables of made-up children: each kind of row against a plain computation, how cells are written, what is refused."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.build.derived.build import Derived, derive

Rows = list[dict[str, str]]
TEXT = "age,sex,weight,a,b,c\n" + "".join(f"{age},{sex},{weight},{a},{b},{c}\n" for age, sex, weight, a, b, c in (
    (3, "F", 1, 0, 1, 0), (3, "F", 3, 1, 1, 1), (3, "M", 2, 1, 0, 1), (3, "M", 2, 0, 0, 0), (3, "", 9, 1, 1, 1),
    (4, "F", 1, 2, 1, 1), (4, "F", 1, 2, 2, 1), (4, "M", 1, 0, 1, 1), (4, "M", 5, 2, 2, 2), (4, "M", 2, "", 2, 2),
))  # fmt: skip
SUM = {"name": "x", "how": "sum", "of": ["a", "b", "c"]}
STRATA = {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "male", "f": "female"}}}
PART = {"scales": ["x"], "bands": [3, 4, 5]}


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Derived]:
    """What one table of a recipe is, over the text of a file."""
    edition = tmp_path / "packs" / "made" / "1"
    (edition / "recipe").mkdir(parents=True)
    (edition / "pack.toml").touch()

    def made(header: str, *parts: dict[str, Any], text: str = TEXT, table: dict[str, Any] = {}, **more: Any) -> Derived:  # noqa: B006
        (tmp_path / "raw.csv").write_text(text, encoding="utf-8")
        data = {"file": "raw.csv", "sha256": hashlib.sha256(text.encode()).hexdigest()}
        one = {"file": "tables/t.csv", "columns": header.split(), "parts": list(parts), **table}
        document = {"schema": 1, "kind": "derived_tables", "data": data, "columns": [SUM], "age": "age", "strata": STRATA, "tables": [one], **more}
        return derive(document, edition / "recipe" / "recipe.toml", tmp_path)

    return made


def rows(derived: Derived) -> Rows:
    return list(csv.DictReader(io.StringIO(derived.files["tables/t.csv"])))


def test_base_rates_are_weighted_shares(make: Callable[..., Derived]) -> None:
    """Sums 1, 3, 2, 0 and 3 at 3 years with weights 1, 3, 2, 2, 9; at 4 years 4, 5, 2, 6, and one without a sum."""
    found = rows(make("scale age_from raw percent n", PART | {"how": "base_rates", "raws": [0, 2, 5]}, weight="weight", table={"decimals": {"percent": 2}}))
    assert [(row["age_from"], row["raw"], row["percent"], row["n"]) for row in found] == [
        ("3", "0", "100", "5"), ("3", "2", "82.35", "5"), ("3", "5", "0", "5"), ("4", "0", "100", "4"), ("4", "2", "100", "4"), ("4", "5", "75", "4"),
    ]  # fmt: skip
    assert {row["scale"] for row in found} == {"x"}


def test_strata_in_their_order_and_nobody_of_no_stratum(make: Callable[..., Derived]) -> None:
    found = rows(make("sex age_from n percent raw", PART | {"how": "base_rates", "raws": [3]}, table={"strata": ["sex"], "decimals": {"percent": 1}}))
    assert [(row["sex"], row["age_from"], row["n"], row["percent"]) for row in found] == [
        ("male", "3", "2", "0"), ("male", "4", "2", "50"), ("female", "3", "2", "50"), ("female", "4", "2", "100"),
    ]  # fmt: skip


def test_percentiles_in_two_definitions(make: Callable[..., Derived]) -> None:
    """Of 0, 1, 2, 3, 3: by midpoints P10 is the first child and P50 the third; from the first to the last child P25 is the second."""
    part = PART | {"how": "percentiles", "bands": [3, 4], "percents": [10, 50, 70, 90]}
    columns, table = "age_to p10 p50 p70 p90 n", {"decimals": {"p10": 2, "p50": 2}}
    assert rows(make(columns, part, table=table)) == [{"age_to": "4", "p10": "0", "p50": "2", "p70": "3", "p90": "3", "n": "5"}]
    assert rows(make(columns, part | {"repeated": "leave_out"}, table=table))[0]["p90"] == ""
    other = rows(make("p10 p25 p50", part | {"percents": [10, 25, 50], "quantiles": "first_to_last"}, table=table))
    assert other == [{"p10": "0.4", "p25": "1", "p50": "2"}]


def alpha(points: list[list[int]]) -> float:
    k = len(points[0])
    return float(k / (k - 1) * (1 - np.var(points, axis=0).sum() / np.var(np.sum(points, axis=1))))


def test_alpha_by_band_and_pooled(make: Callable[..., Derived]) -> None:
    young = alpha([[0, 1, 0], [1, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1]])
    old = alpha([[2, 1, 1], [2, 2, 1], [0, 1, 1], [2, 2, 2]])
    part, table = PART | {"how": "alpha"}, {"decimals": {"value": 6}, "same": {"statistic": "reliability", "age_to": ""}}
    found = rows(make("scale age_from age_to statistic value", part, table=table))
    assert [(row["age_from"], row["age_to"], row["statistic"]) for row in found] == [("3", "", "reliability"), ("4", "", "reliability")]
    assert [float(row["value"]) for row in found] == pytest.approx([young, old], abs=1e-6)
    pooled = rows(make("age_from value", part | {"pooled": True}, table=table))
    assert [float(row["value"]) for row in pooled] == pytest.approx([(5 * young + 4 * old) / 9], abs=1e-6)
    assert float(rows(make("value", part | {"pooled": True, "fewest": 5}, table=table))[0]["value"]) == pytest.approx(young, abs=1e-6)


def test_the_error_of_a_trial_by_hand(make: Callable[..., Derived]) -> None:
    """The best of a, b and c; at 4 years the trials 2 1 1, 2 2 1, 0 1 1 and 2 2 2 have squares 2/3, 2/3, 2/3 and 0 about their means."""
    best = {"name": "best", "how": "greatest", "of": ["a", "b", "c"]}
    part = {"how": "sem_of_a_trial", "scales": ["best", "other"], "trials": "best", "bands": [4, 5]}
    found = rows(make("scale value", part, columns=[best], table={"decimals": {"value": 4}}))
    assert found == [{"scale": scale, "value": "0.5"} for scale in ("best", "other")]


def curve(n: int = 60) -> tuple[np.ndarray, np.ndarray, str]:
    rng = np.random.default_rng(3)
    age = np.round(rng.uniform(5, 10, n), 3)
    raw = np.round(np.exp(3 + 0.1 * age + rng.normal(0, 0.2, n)), 3)
    return age, raw, "age,x\n" + "".join(f"{a:.3f},{r:.3f}\n" for a, r in zip(age, raw, strict=True))


def test_coefficients_are_those_of_least_squares(make: Callable[..., Derived]) -> None:
    """With one SD for all ages the likelihood is highest at the least squares line and the root mean square about it."""
    age, raw, text = curve()
    slope, level = np.polyfit((age - 7) / 2, np.log(raw), 1)
    sd = np.sqrt(np.mean((np.log(raw) - level - slope * (age - 7) / 2) ** 2))
    model = {"method": "lognormal_regression", "mean_degree": 1, "log_sd_degree": 0, "age_centre": 7, "age_scale": 2}
    places = {"decimals": dict.fromkeys(("b0", "b1", "logsd0"), 4)}
    found = rows(make("age_centre age_scale b0 b1 logsd0 n", {"how": "coefficients", "scales": ["x"], "model": model}, text=text, columns=[], table=places, strata={}))
    assert (found[0]["age_centre"], found[0]["age_scale"], found[0]["n"]) == ("7", "2", "60")
    assert [float(found[0][name]) for name in ("b0", "b1", "logsd0")] == pytest.approx([level, slope, np.log(sd)], abs=5.1e-5)


def test_a_count_needs_its_items_and_a_fit_its_end(make: Callable[..., Derived], monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that was passed is not the most that can be, 12."""
    rng = np.random.default_rng(5)
    age = rng.uniform(5, 9, 80)
    passed = rng.binomial(12, rng.beta(age / 4, 6))
    assert passed.max() < 12
    text = "age,x\n" + "".join(f"{one:.3f},{count}\n" for one, count in zip(age, passed, strict=True))
    part: dict[str, Any] = {"how": "coefficients", "scales": ["x"], "model": {"method": "beta_binomial_regression"}}
    with pytest.raises(UsageError, match="a model of a count needs the number of items"):
        make("intercept slope", part, text=text, columns=[], strata={})
    assert rows(make("n_items", part | {"items": 12}, text=text, columns=[], strata={}))[0]["n_items"] == "12"
    monkeypatch.setattr("otscore.norming.build.derived.parts.converged", lambda model: False)
    with pytest.raises(UsageError, match="beta_binomial_regression: the fit has not come to an end"):
        make("intercept slope", part | {"items": 12}, text=text, columns=[], strata={})


def test_nodes_with_the_children_near_them(make: Callable[..., Derived]) -> None:
    age, raw, text = curve()
    slope, level = np.polyfit(age, raw, 1)
    part = {
        "how": "nodes", "scales": ["x"], "model": {"method": "normal", "mean": {"polynomial": 1}, "spread": {"polynomial": 0}},
        "ages": {"from": 6, "to": 8, "by": 0.5}, "within": 0.5,
    }  # fmt: skip
    found = rows(make("age mean sd n", part, text=text, columns=[], table={"decimals": {"age": 1, "mean": 3, "sd": 3}}, strata={}))
    assert [row["age"] for row in found] == ["6", "6.5", "7", "7.5", "8"]
    for row in found:
        assert float(row["mean"]) == pytest.approx(level + slope * float(row["age"]), abs=6e-4)
        assert float(row["sd"]) == pytest.approx(np.sqrt(np.mean((raw - level - slope * age) ** 2)), abs=6e-4)
        assert int(row["n"]) == (np.abs(age - float(row["age"])) <= 0.5).sum()


def test_a_part_of_some_children_only(make: Callable[..., Derived]) -> None:
    part = PART | {"how": "base_rates", "raws": [2], "rows": [{"column": "weight", "from": 2, "below": 9}]}
    assert [row["n"] for row in rows(make("n", part))] == ["3", "1"]


def test_written_and_compared(make: Callable[..., Derived]) -> None:
    """Only its tables are touched; a changed cell is named."""
    derived = make("scale age_from raw percent", PART | {"how": "base_rates", "raws": [2]})
    assert derived.differences() == ["tables/t.csv: is not there"]
    derived.write()
    assert derived.differences() == []
    table = derived.directory / "tables" / "t.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("x,4,2,100", "x,4,2,10"), encoding="utf-8")
    assert derived.differences() == ["tables/t.csv: line 3 (scale x, age_from 4, raw 2): percent is 10 there, 100 built"]
    assert sorted(file.name for file in derived.directory.rglob("*") if file.is_file()) == ["pack.toml", "t.csv"]


def test_what_is_refused(make: Callable[..., Derived], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = PART | {"how": "base_rates", "raws": [2]}

    def refused(*of: Any, **more: Any) -> str:
        with pytest.raises(UsageError) as caught:
            make(*of, **more)
        return str(caught.value)

    assert "nothing is computed for the column median. There are: scale, age_from" in refused("scale median", part)
    assert "there is no column y" in refused("scale n", part | {"scales": ["y"]})
    assert "a table is by region, which [strata] does not describe" in refused("scale n", part, table={"strata": ["region"]})
    text = refused("scale n", part, text=TEXT.replace("3,F", "3,girl"), table={"strata": ["sex"]})
    assert "row 1, column sex: the cell is no value of sex (2 rows). Known: male, female, m, f" in text and "girl" not in text
    assert "column weight is not made of several" in refused("value", {"how": "alpha", "scales": ["weight"], "bands": [3, 5]})
    document = {"schema": 1, "kind": "derived_tables"}
    with pytest.raises(UsageError, match="data"):
        derive(document, tmp_path / "packs/made/1/recipe/recipe.toml", tmp_path)


def test_where_a_recipe_and_its_data_lie(make: Callable[..., Derived], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    derived = make("n", PART | {"how": "base_rates", "raws": [2]})
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    table = {"file": "tables/t.csv", "columns": ["n", "raw"], "parts": [PART | {"how": "base_rates", "raws": [2]}]}
    document = {"schema": 1, "kind": "derived_tables", "data": {"file": "raw.csv", "sha256": digest}, "columns": [SUM], "age": "age", "tables": [table]}
    monkeypatch.delenv("OTSCORE_REFERENCE", raising=False)
    with pytest.raises(UsageError, match="Name their folder: --data DIR, or the environment variable OTSCORE_REFERENCE"):
        derive(document, derived.directory / "recipe" / "recipe.toml", None)
    monkeypatch.setenv("OTSCORE_REFERENCE", str(tmp_path))
    assert derive(document, derived.directory / "recipe" / "recipe.toml", None).files["tables/t.csv"] == "n,raw\n5,2\n4,2\n"
    with pytest.raises(UsageError, match=r"lies in none\. Lay it into the pack"):
        derive(document, tmp_path / "recipe.toml", None)
