"""Abilities of calibrated scales, against plain Python: Rasch, graded, two-parameter and joint models with priors by age."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import curves as slow_curves
from slow_twin import irt as slow_irt
from slow_twin import metric as slow_metric
from unit.engine.drawing import SEXES, children_of, drop_none, item_rows, maybe
from unit.engine.toy_packs import assert_number, cell, flags, load, scored, status

# ---------------------------------------------------------------------------------------------- Rasch model, mean of the posterior

segment = st.fixed_dictionaries(
    {
        "constant": st.floats(-2, 8),
        "linear": st.floats(-0.05, 0.2),
        "log": st.sampled_from([0.0, 1.5]),
        "shift": st.integers(0, 20).map(lambda x: x / 10),
    }
)


@st.composite
def irt_packs(draw: st.DrawFn) -> dict[str, Any]:
    start, steps, by = draw(st.integers(-12, -4)), draw(st.integers(4, 60)), draw(st.sampled_from([0.5, 1.0]))
    parts = draw(st.lists(segment, min_size=1, max_size=3))
    ends = sorted(draw(st.lists(st.integers(1, 60), min_size=len(parts), max_size=len(parts), unique=True)))
    segments = [part | {"upto": end} for part, end in zip(parts, ends, strict=True)]
    if draw(st.booleans()):
        del segments[-1]["upto"]
    return {
        "difficulties": "tau.csv", "slope": draw(st.floats(0.5, 3)), "intercept": draw(st.floats(-3, 3)), "decimals": 2,
        "grid": {"from": start, "to": start + steps * by, "by": by},
        "prior": drop_none(sd=draw(st.floats(0.5, 5)), segments=segments, age_from=draw(maybe(st.integers(-2, 6)))),
    }  # fmt: skip


STRATA = {"sex": {"values": list(SEXES)}, "hand": {"values": ["left", "right", "both"]}}


@st.composite
def shifts(draw: st.DrawFn) -> dict[str, dict[str, float]]:
    """What the prior mean is moved by, for no stratum, one, or two."""
    names = draw(st.lists(st.sampled_from(list(STRATA)), unique=True))
    return {name: {value: draw(st.integers(-6, 6)) / 4 for value in STRATA[name]["values"]} for name in names}


def draw_strata(data: st.DataObject, n: int) -> dict[str, list[str | None]]:
    """Values of every stratum, some unknown."""
    return {name: data.draw(st.lists(maybe(st.sampled_from(part["values"])), min_size=n, max_size=n), name) for name, part in STRATA.items()}


@settings(max_examples=120)
@given(st.data())
def test_rasch_abilities(data: st.DataObject) -> None:
    irt, n = data.draw(irt_packs(), "irt"), data.draw(st.integers(1, 9))
    shift = irt["prior"]["shift"] = data.draw(shifts(), "shift")
    limit = irt["outfit_above"] = data.draw(maybe(st.sampled_from([1.01, 1.5, 3.0])), "outfit above")
    tau = {f"i{k}": data.draw(st.floats(-10, 15)) for k in data.draw(st.sets(st.integers(0, n - 1), min_size=1), "calibrated")}
    window = data.draw(maybe(st.just((-3.14159, 4.27182))), "window")
    variant = data.draw(st.sampled_from(["usual", "historic", "logit"])) if window is None else "usual"
    options = {"relevance": window, "historic_scale": variant == "historic", "logit": variant == "logit"}
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    scorer = load(
        item_rows(n, "pass"), {"options": {"pass": {"legal": [0, 1]}}, "scales": [scale]},
        {"irt": [{"model": "rasch_eap", "scales": ["s"]} | drop_none(**irt)], "strata": STRATA},
        {"tau.csv": [{"item": item, "tau": value} for item, value in tau.items()]},
        rounding="none", posterior=True, **options,
    )  # fmt: skip
    children = data.draw(children_of(n, st.sampled_from([0, 1])))
    ends = [part["upto"] for part in irt["prior"]["segments"] if "upto" in part]
    ages = [data.draw(maybe(st.sampled_from([*ends, -5.0, 0.0]) | st.floats(-3, 70))) for _ in children]
    strata = draw_strata(data, len(children))
    found = scored(scorer, children, ages, strata)
    grid = tuple(irt["grid"].values())
    for row, (child, age) in enumerate(zip(children, ages, strict=True)):
        mine = {item: score for item, score in child.items() if item in tau}
        of_age = slow_irt.prior_mean(age, irt["prior"]["segments"], irt["prior"].get("age_from"))
        mean, why = slow_irt.shifted(of_age, shift, {name: values[row] for name, values in strata.items()})
        n_answered = sum(score is not None for score in mine.values())
        assert found.n_answered[row, 0] == n_answered
        assert cell(found, "raw", row) == (sum(score or 0 for score in mine.values()) if n_answered else None)
        if mean is None or n_answered == 0:
            assert cell(found, "ability", row) is None and cell(found, "sem", row) is None
            assert flags(found, row) == set()
            expected_why = "stratum_missing" if why == "stratum_missing" else outside_prior(age, irt["prior"])
            assert status(found, row) == (expected_why if n_answered else "no_items")
            continue
        assert status(found, row) == "not_normed"
        sd, slope, difficulties = irt["prior"]["sd"], irt["slope"], tau
        if variant == "historic":
            expected, slope = slow_irt.rasch_eap_historic(mine, tau, mean, sd, grid), 1.0
        elif variant == "logit":
            expected = slow_irt.rasch_eap_logit(mine, tau, slope, irt["intercept"], mean, sd, grid)
            difficulties, slope = {item: (value - irt["intercept"]) / slope for item, value in tau.items()}, 1.0
        elif window is not None:
            expected = slow_irt.rasch_eap_relevance(mine, tau, slope, mean, sd, grid, window)
        else:
            expected = slow_irt.rasch_eap(mine, tau, slope, mean, sd, grid)
        d, sem, posterior = expected
        assert_number(cell(found, "ability", row), d, 1e-12, "ability")
        assert_number(cell(found, "sem", row), sem, 1e-12, "sem")
        assert found.posterior is not None
        np.testing.assert_allclose(found.posterior[row, 0], posterior, rtol=0, atol=1e-12)
        assert d is not None
        outfit = slow_irt.outfit(mine, difficulties, slope, d)
        assert outfit is not None
        if limit is None or abs(outfit - limit) > 1e-9:
            assert flags(found, row) == ({"response_pattern_unusual"} if limit is not None and outfit > limit else set())


def test_a_prior_that_shifts_by_a_stratum_needs_it() -> None:
    irt = {
        "model": "rasch_eap", "scales": ["s"], "difficulties": "tau.csv", "slope": 1, "intercept": 0, "grid": {"from": -4, "to": 4, "by": 1},
        "prior": {"sd": 1, "segments": [{"constant": 0}], "shift": {"sex": {"boy": 0.5, "girl": -0.5}}},
    }  # fmt: skip
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    scorer = load(
        item_rows(1, "pass"), {"options": {"pass": {"legal": [0, 1]}}, "scales": [scale]},
        {"irt": [irt], "strata": {"sex": {"values": list(SEXES)}}}, {"tau.csv": [{"item": "i0", "tau": 0}]},
    )  # fmt: skip
    assert status(scored(scorer, [{"i0": 1}], [12], {"sex": [None]}), 0) == "stratum_missing"


def outside_prior(age: float | None, prior: Mapping[str, Any]) -> str:
    if age is None:
        return "age_missing"
    last = prior["segments"][-1].get("upto", math.inf)
    return "above_age" if age > last else "below_age"


def test_an_ability_is_rounded_before_the_norm_is_read() -> None:
    """And its interval is carried through the curve from the rounded ability, with the unrounded error."""
    irt = {
        "model": "rasch_eap", "scales": ["s"], "difficulties": "tau.csv", "slope": 2.1, "intercept": 38.9, "decimals": 1, "grid": {"from": 0, "to": 40, "by": 1},
        "prior": {"sd": 5, "segments": [{"constant": 10, "linear": 1}]},
    }  # fmt: skip
    norm = {
        "scales": ["s"], "measure": "ability", "method": "lms", "table": "norms.csv", "metric": "t", "decimals": 2,
        "interval": {"kind": "posterior", "level": 0.9},
    }  # fmt: skip
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    tau = {"i0": 12.3, "i1": 15.9, "i2": 20.4}
    nodes = [{"age": 0, "l": 0.4, "m": 10, "s": 0.2}, {"age": 24, "l": 0.9, "m": 30, "s": 0.15}]
    scorer = load(
        item_rows(3, "pass"), {"options": {"pass": {"legal": [0, 1]}}, "scales": [scale]}, {"irt": [irt], "norms": [norm]},
        {"tau.csv": [{"item": item, "tau": value} for item, value in tau.items()], "norms.csv": nodes},
    )  # fmt: skip
    for age, answers in ((7.25, {"i0": 1, "i1": 1, "i2": 0}), (11.0, {"i0": 0, "i1": 1, "i2": 1}), (3.0, {"i0": 0})):
        found = scored(scorer, [answers], [age])
        d, sem, _ = slow_irt.rasch_eap(answers, tau, 2.1, 10 + age, 5, (0, 40, 1))
        assert d is not None and sem is not None
        rounded = slow_metric.half_up(d, 1)
        assert cell(found, "ability", 0) == rounded
        assert_number(cell(found, "sem", 0), sem)
        parameters = slow_curves.interpolated(age, nodes, ("l", "m", "s"))
        assert parameters is not None

        def t_of(y: float, parameters: Sequence[float] = parameters) -> float | None:
            z = slow_curves.lms_z(y, *parameters)
            return None if z is None else slow_metric.half_up(50 + 10 * z, 2)

        assert cell(found, "score", 0) == t_of(rounded)
        low, high = slow_metric.carried_interval(rounded, sem, 0.9, t_of)
        assert (cell(found, "ci_low", 0), cell(found, "ci_high", 0)) == (low, high)
        z = slow_curves.lms_z(rounded, *parameters)
        assert_number(cell(found, "z", 0), z, what="z is not rounded")
