"""Norms whose parameters are a function of age, against plain Python: z, score, percentile, every kind of interval, every status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from slow_twin import curves as slow_curves
from slow_twin import derive as slow_derive
from slow_twin import metric as slow_metric
from slow_twin import regression as slow
from unit.engine.drawing import (
    ONE_ITEM,
    ONE_SCALE,
    SEXES,
    draw_children,
    drop_none,
    expected_status,
    manifest,
    many,
    maybe,
    norm_groups,
    scale_that_is,
)
from unit.engine.toy_packs import assert_number, cell, flags, load, scored, status

from otscore.codes import METRIC_MEAN_SD, Metric

quarters = st.integers(-40, 80).map(lambda x: x / 4)
OPTIONAL = {
    "age_centre": st.sampled_from([0.0, 24.0, 30.5]), "age_scale": st.sampled_from([12.0, 24.0, 10.0]),
    "b1": st.integers(-8, 8).map(lambda x: x / 4), "b2": st.integers(-4, 4).map(lambda x: x / 8), "b3": st.integers(-4, 4).map(lambda x: x / 16),
    "logsd1": st.sampled_from([-0.25, 0.0, 0.125]),
}  # fmt: skip
SPREADS = {
    "logsd0": st.sampled_from([-0.5, 0.0, 0.75, 1.5]), "sd": st.integers(2, 20).map(lambda x: x / 4),
    "variance": st.integers(1, 40).map(lambda x: x / 4),
}  # fmt: skip
BETA_BINOMIAL = {
    "n_items": st.integers(1, 24), "intercept": st.floats(-2, 2), "slope": st.floats(-1, 2), "reference_age": st.sampled_from([1.0, 24.0, 60.0]),
    "phi": st.floats(0.5, 60),
}  # fmt: skip
ZOfMeasure = Callable[[float], float | None]


def cells_of(method: str, data: st.DataObject) -> dict[str, st.SearchStrategy[Any]]:
    """Columns of the table beside its keys, and what each cell may hold; optional parameters may be left out or empty."""
    if method == "mean_sd":
        return {"mean": quarters, "sd": SPREADS["sd"]}
    if method == "beta_binomial_regression":
        return BETA_BINOMIAL
    spread = data.draw(st.sampled_from(list(SPREADS)), "spread")
    optional = data.draw(st.lists(st.sampled_from(list(OPTIONAL)), unique=True), "optional columns")
    if spread != "logsd0":
        optional = [name for name in optional if name != "logsd1"]  # one SD for all ages is one SD for all ages
    b0 = quarters if method == "regression" else st.integers(-4, 12).map(lambda x: x / 4)
    return {"b0": b0, spread: SPREADS[spread]} | {name: maybe(OPTIONAL[name]) for name in optional}


def twin_of(method: str, row: Mapping[str, Any], age: float | None, floor: float | None) -> ZOfMeasure:
    """z of a measure by the row of the child, None where the formula has no value."""

    def z_of(measure: float) -> float | None:
        measure = measure if floor is None else max(measure, floor)
        if method == "mean_sd":
            return slow_curves.mean_sd_z(measure, row["mean"], row["sd"])
        assert age is not None
        way = {
            "regression": slow.regression_z, "lognormal_regression": slow.lognormal_regression_z,
            "beta_binomial_regression": slow.beta_binomial_regression_z,
        }[method]  # fmt: skip
        return way(measure, age, row)

    return z_of


def precision_of(interval: Mapping[str, Any] | None, value: float) -> list[dict[str, Any]]:
    """The row of psychometrics.csv that the interval needs, published for ages 12 to 36 only."""
    if interval is None:
        return []
    statistic, metric = {"sem_measure": ("sem", "measure"), "observed": ("sem", "score"), "true_score": ("reliability", "score")}[interval["kind"]]
    return [{"scale": "s", "age_from": 12, "age_to": 36, "statistic": statistic, "metric": metric, "value": value, "source": "s"}]


def twin_interval(
    interval: Mapping[str, Any] | None, value: float, age: float | None, raw: float, z: float, metric: tuple[float, float], z_of: ZOfMeasure
) -> tuple[float | None, float | None]:
    """Ends in the metric of the score; none at an age for which no precision was published."""
    if interval is None or age is None or not 12 <= age < 36:
        return None, None
    score = slow_metric.scaled(z, *metric)
    if interval["kind"] == "observed":
        return slow_metric.observed_interval(score, value, interval["level"])
    if interval["kind"] == "true_score":
        return slow_metric.true_score_interval(score, *metric, value, interval["level"])
    ends = slow.interval_of_z(raw, value, slow_metric.multiplier(interval["level"]), z_of)
    return tuple(None if end is None else slow_metric.scaled(end, *metric) for end in ends)  # type: ignore[return-value]


@pytest.mark.parametrize("method", ["mean_sd", "regression", "lognormal_regression", "beta_binomial_regression"])
@settings(max_examples=100)
@given(st.data())
def test_norms_by_regression(method: str, data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    cells = cells_of(method, data)
    rows = [dict(key) | {name: data.draw(value) for name, value in cells.items()} for key in keys]
    metric = data.draw(st.sampled_from(["z", "t", "standard", "scaled"]), "metric")
    higher_is = data.draw(st.sampled_from(["more_able", "less_able"]), "higher is")
    kinds = ["sem_measure", "observed", "true_score"][method == "beta_binomial_regression" :]  # no SEM makes a whole number
    interval = data.draw(maybe(st.fixed_dictionaries({"kind": st.sampled_from(kinds), "level": st.sampled_from([0.68, 0.9, 0.95])})), "interval")
    value = data.draw(st.floats(0.3, 0.95), "sem or reliability")
    floor = data.draw(maybe(st.just(0.5)), "floor") if method in ("regression", "lognormal_regression") else None
    norm = manifest(strata, method=method, metric=metric, interval=interval, measure_floor=floor)
    scorer = load(ONE_ITEM, scale_that_is(higher_is), norm, {"norms.csv": rows}, precision_of(interval, value))
    passed = st.sampled_from([-1.0, 0.0, 0.5, 2.5, 25.0]) | st.integers(0, 24).map(float)
    children, ages, sexes = draw_children(data, keys, passed if method == "beta_binomial_regression" else quarters)
    found = scored(scorer, children, ages, {"sex": sexes})
    mean_sd = METRIC_MEAN_SD[Metric(metric)]
    # the probabilities of a beta-binomial come from logarithms of gamma functions, which lose digits where they are large
    tolerance = 1e-9 if method == "beta_binomial_regression" else 1e-12
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        z = None
        if why == "ok" and raw is not None:
            z_of = twin_of(method, here[0], age, floor)
            if age is None and method != "mean_sd":
                why = "age_missing"
            else:
                z = z_of(raw)
                why = "outside_curve" if z is None else why
        event(why)
        assert status(found, row) == expected_status(raw, why)
        ends = (None, None) if z is None or raw is None else twin_interval(interval, value, age, raw, z, mean_sd, z_of)
        turned = higher_is == "less_able"
        assert_number(cell(found, "z", row), -z if z is not None and turned else z, tolerance, "z")
        if turned and metric == "z":  # a score that is a z is turned as z is; every other score reads as it is printed
            z, ends = None if z is None else -z, tuple(None if end is None else -end for end in ends[::-1])  # type: ignore[assignment]
        assert_number(cell(found, "score", row), None if z is None else slow_metric.scaled(z, *mean_sd), tolerance, "score")
        assert_number(cell(found, "percentile", row), None if z is None else slow_metric.percentile(z), tolerance, "percentile")
        for name, end in zip(("ci_low", "ci_high"), ends, strict=True):
            assert_number(cell(found, name, row), end, tolerance, name)
        assert flags(found, row) == ({"percentile_assumes_normal"} if method == "mean_sd" and z is not None else set())


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("regression", {"b0": 10, "b1": 2, "sd": 3}),
        ("lognormal_regression", {"b0": 1, "b1": 0.1, "sd": 0.5}),
        ("beta_binomial_regression", {"n_items": 20, "intercept": 0.5, "slope": 1, "reference_age": 24, "phi": 10}),
    ],
)
def test_a_regression_needs_an_age(method: str, row: dict[str, Any]) -> None:
    scorer = load(ONE_ITEM, ONE_SCALE, manifest((), method=method, metric="t"), {"norms.csv": [row]})
    assert status(scored(scorer, [{"i0": 5.0}], [None]), 0) == "age_missing"


@pytest.mark.parametrize("metric", ["z", "t"])
def test_a_z_of_0_has_no_minus_sign(metric: str) -> None:
    scorer = load(ONE_ITEM, scale_that_is("less_able"), manifest((), method="mean_sd", metric=metric), {"norms.csv": [{"mean": 5, "sd": 1}]})
    found = scored(scorer, [{"i0": 5.0}])
    assert not np.signbit([found.z[0, 0], found.score[0, 0]]).any()


@many
@given(st.data())
def test_a_table_for_several_scales(data: st.DataObject) -> None:
    """A column ``scale`` gives every scale its own rows."""
    names = ["s0", "s1", "s2"]
    items = [{"item": f"i{number}", "options": "number"} for number in range(3)]
    scales: Sequence[Mapping[str, Any]] = [{"id": name, "domain": "general", "items": [f"i{number}"], "raw": "max"} for number, name in enumerate(names)]
    method = data.draw(st.sampled_from(["mean_sd", "regression"]), "method")
    cells = cells_of(method, data)
    rows = [{"scale": name, "sex": sex} | {cell: data.draw(value) for cell, value in cells.items()} for name in names for sex in SEXES]
    norm = manifest(("sex",), method=method, metric="z", scales=names)
    scorer = load(items, ONE_SCALE | {"scales": scales}, norm, {"norms.csv": data.draw(st.permutations(rows))})
    child = st.tuples(st.fixed_dictionaries({f"i{number}": maybe(quarters) for number in range(3)}), st.floats(6, 60), maybe(st.sampled_from(SEXES)))
    children = data.draw(st.lists(child, min_size=1, max_size=6), "answers, age, sex")
    found = scored(scorer, [answers for answers, _, _ in children], [age for _, age, _ in children], {"sex": [sex for *_, sex in children]})
    for row, (answers, age, sex) in enumerate(children):
        for number, name in enumerate(names):
            raw = answers[f"i{number}"]
            mine = [drop_none(**r) for r in rows if r["scale"] == name and r["sex"] == sex]
            z = twin_of(method, mine[0], age, None)(raw) if mine and raw is not None else None
            assert_number(cell(found, "z", row, number), z)
            assert status(found, row, number) == expected_status(raw, "ok" if sex is not None else "stratum_missing")
