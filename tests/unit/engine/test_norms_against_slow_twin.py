"""Norms by formula, against plain Python: means and SDs, curves over age, regressions, and the intervals that go with them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import curves as slow_curves
from slow_twin import derive as slow_derive
from slow_twin import metric as slow_metric
from slow_twin import regression as slow_regression
from unit.engine.drawing import (
    ONE_ITEM,
    ONE_SCALE,
    SEXES,
    assert_metric,
    draw_children,
    drop_none,
    expected_status,
    halves,
    manifest,
    many,
    maybe,
    norm_groups,
)
from unit.engine.toy_packs import assert_number, cell, flags, load, scored, status

from otscore.codes import METRIC_MEAN_SD, Metric


@many
@given(st.data())
def test_mean_and_sd(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    metric = data.draw(st.sampled_from(["z", "t", "standard", "scaled", "v_scale", "sten", "nce"]))
    rows = [key | {"mean": data.draw(halves), "sd": data.draw(st.integers(1, 9)) / 2} for key in keys]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="mean_sd", metric=metric), {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, halves)
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        assert status(found, row) == expected_status(raw, why)
        z = slow_curves.mean_sd_z(raw, here[0]["mean"], here[0]["sd"]) if here and raw is not None else None
        assert_metric(found, row, z, metric)


# ---------------------------------------------------------------------------------------------- curves

PARAMETERS = {
    "lms": {"l": st.sampled_from([1.0, 0.0, 1e-13, 0.3, -0.7, 1.7, -1.0]), "m": st.floats(5, 40), "s": st.floats(0.05, 0.3)},
    "bct": {
        "mu": st.floats(5, 40), "sigma": st.floats(0.05, 0.25), "nu": st.sampled_from([0.0, 0.8, 1.42, -0.5, 1.0]),
        "tau": st.floats(3, 60),
    },
    "bccg": {"mu": st.floats(5, 40), "sigma": st.floats(0.05, 0.4), "nu": st.sampled_from([0.0, 0.8, 2.5, -0.5, 1.0, -1.3])},
    "shash": {"mu": st.floats(5, 40), "sigma": st.floats(0.5, 8), "epsilon": st.floats(-1.5, 1.5), "delta": st.floats(0.4, 2.5)},
    "normal": {"mean": st.floats(5, 40), "sd": st.floats(0.5, 8)},
    "octaves": {"mean": st.floats(0.5, 40), "sd": st.floats(0.2, 2)},
}  # fmt: skip


@st.composite
def curve_rows(draw: st.DrawFn, method: str, strata: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for sex in SEXES if strata else (None,):
        ages = sorted(draw(st.lists(st.integers(0, 240).map(lambda x: x / 4), min_size=2, max_size=4, unique=True)))
        for age in ages:
            rows.append(drop_none(sex=sex, age=age) | {name: draw(part) for name, part in PARAMETERS[method].items()})
    return rows


def slow_z(method: str, value: float, parameters: Sequence[float], floor: float | None) -> float | None:
    if method == "bct":
        return slow_curves.bct_z(value, *parameters, floor=floor)
    z_of = {
        "lms": slow_curves.lms_z, "shash": slow_curves.shash_z, "bccg": slow_regression.bccg_z, "octaves": slow_regression.octaves_z, "normal": slow_curves.mean_sd_z,
    }[method]  # fmt: skip
    return z_of(value if floor is None else max(value, floor), *parameters)


def as_nodes(method: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """What lies between two nodes is read off a straight line; for octaves the line of the logarithm."""
    return [row | {"mean": math.log2(row["mean"])} for row in map(dict, rows)] if method == "octaves" else rows


@pytest.mark.parametrize("method", list(PARAMETERS))
@settings(max_examples=80)
@given(st.data())
def test_curves(method: str, data: st.DataObject) -> None:
    """z at the child's age, between the nodes too, and the interval of the measurement carried through the curve."""
    # a tail of a truncated curve is the difference of two numbers near 1: the plain formula of the twin loses digits there
    tolerance = 1e-9 if method in ("bct", "bccg") else 1e-12
    strata = data.draw(st.sampled_from([(), ("sex",)]), "strata")
    rows = data.draw(curve_rows(method, strata), "curve")
    metric = data.draw(st.sampled_from(["z", "t", "standard"]))
    floor = data.draw(maybe(st.just(1.0)), "floor")
    sem, level = data.draw(maybe(st.floats(0.1, 3)), "sem"), data.draw(st.sampled_from([0.5, 0.9, 0.95]), "level")
    interval = None if sem is None else {"kind": "sem_measure", "level": level}
    precision = [
        {
            "scale": "s",
            "age_from": "",
            "age_to": "",
            "statistic": "sem",
            "metric": "measure",
            "value": sem,
            "source": "s",
        }
    ]
    norm = manifest(strata, method=method, metric=metric, measure_floor=floor, interval=interval)
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": rows}, precision if sem is not None else ())
    nodes = [{"age_from": row["age"], "age_to": row["age"]} for row in rows]
    children, ages, sexes = draw_children(data, nodes, st.integers(-200, 8000).map(lambda x: x / 100))
    found = scored(scorer, children, ages, {"sex": sexes})
    columns = list(PARAMETERS[method])
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        mine = [r for r in rows if not strata or r["sex"] == sex]
        if raw is None or (strata and sex is None) or age is None:
            why = "no_items" if raw is None else "stratum_missing" if strata and sex is None else "age_missing"
            assert status(found, row) == why
            continue
        parameters = slow_curves.interpolated(age, as_nodes(method, mine), columns)
        if parameters is None:
            assert status(found, row) == ("below_age" if age < mine[0]["age"] else "above_age")
            continue
        z = slow_z(method, raw, parameters, floor)
        if z is not None and abs(z) > 6:
            continue  # the twin has no digits left there
        if z is None and method in ("bct", "bccg") and max(raw, floor or raw) > 0:
            continue
        assert status(found, row) == ("ok" if z is not None else "outside_curve")
        assert_metric(found, row, z, metric, tolerance)
        assert flags(found, row) == ({"percentile_assumes_normal"} if method == "normal" and z is not None else set())
        if z is not None and sem is not None:
            ends = slow_metric.carried_interval(raw, sem, level, lambda y, p=parameters: slow_z(method, y, p, floor))
            for name, end in zip(("ci_low", "ci_high"), ends, strict=True):
                if end is None or abs(end) > 6:
                    continue
                assert_number(
                    cell(found, name, row), slow_metric.scaled(end, *METRIC_MEAN_SD[Metric(metric)]), tolerance, name
                )


@many
@given(st.data())
def test_intervals_around_a_score(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["observed", "true_score"]), "kind")
    level = data.draw(st.sampled_from([0.68, 0.9, 0.95]))
    value = data.draw(st.floats(0.3, 0.99))
    statistic = "sem" if kind == "observed" else "reliability"
    precision = [
        {
            "scale": "s",
            "age_from": 12,
            "age_to": 24,
            "statistic": statistic,
            "metric": "score",
            "value": value,
            "source": "s",
        }
    ]
    norm = manifest((), method="mean_sd", metric="standard", interval={"kind": kind, "level": level})
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": [{"mean": 20, "sd": 4}]}, precision)
    raws = data.draw(st.lists(halves, min_size=1, max_size=6))
    for age in (12.0, 23.9, 24.0, 11.9):
        found = scored(scorer, [{"i0": raw} for raw in raws], [age] * len(raws))
        for row, raw in enumerate(raws):
            score = 100 + 15 * (raw - 20) / 4
            if kind == "observed":
                ends: tuple[float | None, ...] = slow_metric.observed_interval(score, value, level)
            else:
                ends = slow_metric.true_score_interval(score, 100, 15, value, level)
            if not 12 <= age < 24:
                ends = (None, None)  # no figure was published for that age
            assert_number(cell(found, "ci_low", row), ends[0])
            assert_number(cell(found, "ci_high", row), ends[1])
            assert_number(cell(found, "score", row), score)
