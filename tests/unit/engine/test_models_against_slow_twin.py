"""Abilities by the graded, the two-parameter and the joint model, against plain Python that finds the same roots another way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import abilities as slow
from slow_twin import irt as slow_irt
from slow_twin import metric as slow_metric
from slow_twin import regression as slow_regression
from unit.engine.drawing import SEXES, drop_none, maybe
from unit.engine.toy_packs import ILLEGAL, assert_number, cell, load, scored, status

ROOT = 1e-9
"""How well a mode is known: the library stops at steps of 1e-12 (of 1e-10 where abilities are found together)."""
MODELS = settings(max_examples=60)
LEGAL = {f"steps{m}": {"legal": list(range(m + 1))} for m in range(1, 5)}
segments = st.lists(st.fixed_dictionaries({"constant": st.floats(-1, 1), "linear": st.floats(-0.02, 0.05)}), min_size=1, max_size=1)
Children = list[tuple[dict[str, Any], float | None, str | None]]


def children_with(worth: Mapping[str, int]) -> st.SearchStrategy[Children]:
    """Answers from 0 to the most points of each item, age, sex."""
    answers = st.fixed_dictionaries({item: maybe(st.integers(0, most).map(float)) for item, most in worth.items()})
    return st.lists(st.tuples(answers, maybe(st.floats(0, 60)), maybe(st.sampled_from(SEXES))), min_size=1, max_size=6)


def run(scorer: Any, children: Children) -> Any:
    return scored(scorer, [child for child, *_ in children], [age for _, age, _ in children], {"sex": [sex for *_, sex in children]})


# ---------------------------------------------------------------------------------------------- graded responses


@st.composite
def graded_items(draw: st.DrawFn) -> dict[str, list[dict[str, float]]]:
    """Item -> its steps, each with the loading of the item and a threshold that rises."""
    items = {}
    for number in range(draw(st.integers(1, 5))):
        loading, first = draw(st.floats(0.3, 3)), draw(st.floats(-3, 2))
        gaps = draw(st.lists(st.floats(0.2, 2), max_size=3))
        thresholds = [first + math.fsum(gaps[:place]) for place in range(len(gaps) + 1)]
        items[f"i{number}"] = [{"loading": loading, "threshold": threshold} for threshold in thresholds]
    return items


def graded_pack(items: Mapping[str, Sequence[Mapping[str, float]]], model: Mapping[str, Any], **options: Any) -> Any:
    rows = [{"item": item, "points": place + 1} | dict(step) for item, steps in items.items() for place, step in enumerate(steps)]
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    return load(
        [{"item": item, "options": f"steps{len(steps)}"} for item, steps in items.items()], {"options": LEGAL, "scales": [scale]},
        {"irt": [{"model": "graded", "scales": ["s"], "items": "items.csv"} | dict(model)], "strata": {"sex": {"values": list(SEXES)}}},
        {"items.csv": rows}, **options,
    )  # fmt: skip


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("estimator", ["eap", "map", "wle"])
@MODELS
@given(st.data())
def test_graded_abilities(link: str, estimator: str, data: st.DataObject) -> None:
    items = data.draw(graded_items(), "items")
    shift = data.draw(st.sampled_from([{}, {"sex": {"boy": 0.75, "girl": -0.5}}]), "shift")
    prior = {"sd": data.draw(st.floats(0.5, 2), "sd"), "segments": data.draw(segments, "segments"), "shift": shift}
    grid = data.draw(st.sampled_from([(-4.0, 4.0, 0.5), (-6.0, 6.0, 0.1), (-2.0, 3.0, 1.0)]), "grid")
    chosen = data.draw(st.booleans(), "chosen by the user")
    decimals = data.draw(maybe(st.integers(0, 3)), "decimals")
    model = {"link": link, "grid": dict(zip(("from", "to", "by"), grid, strict=True)), "prior": prior}
    model |= {"estimator": "map" if estimator == "eap" else "eap"} if chosen else {"estimator": estimator}
    model |= {} if decimals is None else {"decimals": decimals}
    scorer = graded_pack(items, model, **({"estimator": estimator} if chosen else {}))
    children = data.draw(children_with({item: len(steps) for item, steps in items.items()}), "answers, age, sex")
    found = run(scorer, children)
    nodes = slow_irt.nodes(grid)
    for row, (child, age, sex) in enumerate(children):
        given_items = [item for item, points in child.items() if points is not None]
        mean, why = slow_irt.shifted(slow_irt.prior_mean(age, prior["segments"]), shift, {"sex": sex})
        assert found.n_answered[row, 0] == len(given_items)
        if not given_items or (mean is None and estimator != "wle"):
            assert status(found, row) == (why if given_items else "no_items")
            assert cell(found, "ability", row) is None and cell(found, "sem", row) is None
            continue
        if mean is None:
            continue  # Warm's estimate takes no prior; whether its age may be unknown is not settled
        assert status(found, row) == "not_normed"
        if estimator == "eap":
            ability, sem = slow.graded_eap(child, items, link, mean, prior["sd"], nodes)
        elif estimator == "map":
            ability, sem = slow.graded_map(child, items, link, mean, prior["sd"])
        else:
            ends = [step["threshold"] / step["loading"] for item in given_items for step in items[item]]
            roots = slow.graded_wle(child, items, link, min(ends) - 20, max(ends) + 20)
            found_here = float(found.ability[row, 0])
            ability, sem = min(roots, key=lambda root, here=found_here: abs(root[0] - here))
        tolerance = 1e-12 if estimator == "eap" else ROOT
        assert_number(cell(found, "sem", row), sem, tolerance, "sem")
        if decimals is None:
            assert_number(cell(found, "ability", row), ability, tolerance, "ability")
        else:
            scaled = abs(ability) * 10**decimals
            if abs(scaled % 1 - 0.5) > 1e-6:
                assert cell(found, "ability", row) == slow_metric.half_up_guarded(ability, decimals)


def test_warm_can_have_several_answers() -> None:
    """Two items of loading 0.5 and 3, all reached: one root by the steep item, one further on by the flat one. Ours is the first."""
    items = {
        "i0": [{"loading": 0.5, "threshold": 0.0}, {"loading": 0.5, "threshold": 0.5}],
        "i1": [{"loading": 3.0, "threshold": 0.0}, {"loading": 3.0, "threshold": 1.0}],
    }  # fmt: skip
    child = {"i0": 2.0, "i1": 2.0}
    roots = slow.graded_wle(child, items, "probit", -20, 21)
    assert len(roots) == 2
    scorer = graded_pack(items, {"link": "probit", "grid": {"from": -4, "to": 4, "by": 1}, "prior": {"sd": 1, "segments": [{"constant": 0}]}, "estimator": "wle"})
    assert_number(cell(run(scorer, [(child, 10.0, "boy")]), "ability", 0), roots[0][0], ROOT)


def test_a_graded_item_with_two_answers_is_the_two_parameter_model() -> None:
    """P(1) = logistic(loading * ability - threshold) = logistic(loading * (ability - threshold / loading))."""
    loading, threshold = [0.7, 1.1, 1.9], [-0.4, 0.3, 1.2]
    items = {f"i{k}": [{"loading": loading[k], "threshold": threshold[k]}] for k in range(3)}
    two = {f"i{k}": (loading[k], threshold[k] / loading[k]) for k in range(3)}
    prior = {"sd": 1.25, "segments": [{"constant": 0.5}]}
    scorer = graded_pack(items, {"link": "logit", "grid": {"from": -4, "to": 4, "by": 1}, "prior": prior, "estimator": "map"})
    for answers in ((1, 0, 0), (1, 1, 1), (0, 0, 0), (None, 1, 0)):
        child = {f"i{k}": None if x is None else float(x) for k, x in enumerate(answers)}
        found = run(scorer, [(child, 10.0, "boy")])
        ability, sem = slow.logistic_map(child, two, 0.5, 1.25**2)
        assert_number(cell(found, "ability", 0), ability, ROOT)
        assert_number(cell(found, "sem", 0), sem, ROOT)


# ---------------------------------------------------------------------------------------------- two parameters


@MODELS
@given(st.data())
def test_two_parameter_abilities(data: st.DataObject) -> None:
    """And the norm and interval that are read off the ability: z of ability -/+ k * sem."""
    n = data.draw(st.integers(1, 8))
    items = {f"i{k}": (data.draw(st.floats(0.3, 3)), data.draw(st.floats(-3, 3))) for k in range(n)}
    few = st.lists(st.floats(-1, 1), min_size=1, max_size=4)
    prior = {"age_centre": 18.0, "age_scale": 10.39, "mean": data.draw(few, "mean"), "log_variance": data.draw(few, "log variance")}
    location, min_answered = data.draw(st.sampled_from([0.0, 50.0])), data.draw(st.integers(1, n))
    model = {"model": "logistic_map", "scales": ["s"], "items": "items.csv", "prior": prior, "location": location}
    rows = [{"item": item, "discrimination": a, "difficulty": b} for item, (a, b) in items.items()]
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt", "min_answered": min_answered}
    norm = {"scales": ["s"], "measure": "ability", "method": "regression", "table": "norms.csv", "metric": "t", "interval": {"kind": "posterior", "level": 0.9}}
    parameters = {"b0": location, "b1": 0.01, "logsd0": 0.25}
    scorer = load(
        [{"item": item, "options": "steps1"} for item in items], {"options": LEGAL, "scales": [scale]},
        {"irt": [model], "norms": [norm], "strata": {"sex": {"values": list(SEXES)}}}, {"items.csv": rows, "norms.csv": [parameters]},
    )  # fmt: skip
    children = data.draw(children_with(dict.fromkeys(items, 1)), "answers, age, sex")
    found = run(scorer, children)
    for row, (child, age, _) in enumerate(children):
        n_given = sum(x is not None for x in child.values())
        assert found.n_answered[row, 0] == n_given
        if n_given < min_answered or age is None:
            assert status(found, row) == ("no_items" if n_given == 0 else "too_few_items" if n_given < min_answered else "age_missing")
            assert cell(found, "ability", row) is None and cell(found, "sem", row) is None
            continue
        a = (age - prior["age_centre"]) / prior["age_scale"]
        mean, variance = slow.polynomial(prior["mean"], a), math.exp(slow.polynomial(prior["log_variance"], a))
        if not 1e-3 < variance < 1e4:
            continue  # no prior that anybody publishes
        theta, sem = slow.logistic_map(child, items, mean, variance)
        assert status(found, row) == "ok"
        assert_number(cell(found, "ability", row), theta + location, ROOT, "ability")
        assert_number(cell(found, "sem", row), sem, ROOT, "sem")
        ability, error = cell(found, "ability", row), cell(found, "sem", row)
        assert ability is not None and error is not None

        def t_of(y: float, age: float = age) -> float:
            return 50 + 10 * slow_regression.regression_z(y, age, parameters)

        low, high = slow_regression.interval_of_z(ability, error, slow_metric.multiplier(0.9), t_of)
        for name, expected in (("score", t_of(ability)), ("ci_low", low), ("ci_high", high)):
            assert_number(cell(found, name, row), expected, 1e-12, name)


# ---------------------------------------------------------------------------------------------- several abilities at once


@st.composite
def joint_models(draw: st.DrawFn) -> dict[str, Any]:
    d = draw(st.integers(2, 3))
    names = [f"s{k}" for k in range(d)]
    loading = st.sampled_from([0.0, 0.0, 0.6, 1.0, 1.7])
    items = {}
    for number in range(draw(st.integers(d, 8))):
        loadings = [draw(loading) for _ in names]
        loadings[number % d] = loadings[number % d] or 1.25  # every scale has an item
        items[f"i{number}"] = {"tau": draw(st.floats(-2, 2)), "loadings": loadings}
    root = [[draw(st.integers(-4, 4)) / 4 for _ in names] for _ in names]
    precision = [[math.fsum(root[i][k] * root[j][k] for k in range(d)) + (1.0 if i == j else 0.0) for j in range(d)] for i in range(d)]
    mean = [[draw(st.integers(-4, 4)) / 4 for _ in names] for _ in range(draw(st.integers(1, 4)))]
    return {"names": names, "items": items, "precision": precision, "mean": mean, "location": draw(st.sampled_from([0.0, 50.0]))}


def joint_pack(drawn: Mapping[str, Any], data: st.DataObject | None = None, **options: Any) -> Any:
    """The rows of the tables stand in any order, and so do the items."""
    names = drawn["names"]

    def shuffled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows if data is None else data.draw(st.permutations(rows))

    prior = {"age_centre": 18.0, "age_scale": 10.39, "mean": "mean.csv", "precision": "precision.csv"}
    model = {"model": "joint_map", "scales": names, "items": "items.csv", "prior": prior, "location": drawn["location"]}
    tables = {
        "items.csv": shuffled([{"item": item, "tau": part["tau"]} | dict(zip(names, part["loadings"], strict=True)) for item, part in drawn["items"].items()]),
        "mean.csv": shuffled([{"power": power} | dict(zip(names, line, strict=True)) for power, line in enumerate(drawn["mean"])]),
        "precision.csv": shuffled([{"scale": name} | dict(zip(names, line, strict=True)) for name, line in zip(names, drawn["precision"], strict=True)]),
    }  # fmt: skip
    scales = [{"id": name, "domain": "general", "items": "all", "raw": "irt"} for name in names]
    items = [{"item": item, "options": "steps1"} for item in drawn["items"]]
    return load(items, {"options": LEGAL, "scales": scales}, {"irt": [model], "strata": {"sex": {"values": list(SEXES)}}}, tables, **options)


@MODELS
@given(st.data())
def test_joint_abilities(data: st.DataObject) -> None:
    drawn = data.draw(joint_models(), "model")
    scorer = joint_pack(drawn, data)
    children = data.draw(children_with(dict.fromkeys(drawn["items"], 1)), "answers, age, sex")
    found = run(scorer, children)
    for row, (child, age, _) in enumerate(children):
        answered = {item for item, x in child.items() if x is not None}
        theta, sem = [None] * len(drawn["names"]), [None] * len(drawn["names"])
        if age is not None and answered:
            a = (age - 18.0) / 10.39
            mean = [slow.polynomial([line[k] for line in drawn["mean"]], a) for k in range(len(drawn["names"]))]
            theta, sem = slow.joint_map(child, drawn["items"], mean, drawn["precision"])  # type: ignore[assignment]
        for place in range(len(drawn["names"])):
            mine = {item for item, part in drawn["items"].items() if part["loadings"][place] != 0}
            assert found.n_answered[row, place] == len(mine & answered)
            why = "no_items" if not mine & answered else "age_missing" if age is None else "not_normed"
            assert status(found, row, place) == why
            scored_here = why == "not_normed"
            assert_number(cell(found, "ability", row, place), theta[place] + drawn["location"] if scored_here else None, ROOT, "ability")  # type: ignore[operator]
            assert_number(cell(found, "sem", row, place), sem[place] if scored_here else None, ROOT, "sem")


@settings(max_examples=30)
@given(st.data())
def test_one_ability_of_a_joint_model_is_the_same_without_the_others(data: st.DataObject) -> None:
    drawn = data.draw(joint_models(), "model")
    children = data.draw(children_with(dict.fromkeys(drawn["items"], 1)), "answers, age, sex")
    together = run(joint_pack(drawn), children)
    for place, name in enumerate(drawn["names"]):
        alone = run(joint_pack(drawn, scales=(name,)), children)
        for part in ("ability", "sem", "status", "n_answered", "raw"):
            np.testing.assert_array_equal(getattr(alone, part)[:, 0], getattr(together, part)[:, place], err_msg=part)


def test_an_illegal_answer_stops_every_scale_that_its_item_loads_on() -> None:
    drawn = {
        "names": ["s0", "s1"], "precision": [[1.0, 0.5], [0.5, 1.0]], "mean": [[0.0, 0.0]], "location": 0.0,
        "items": {"i0": {"tau": 0.0, "loadings": [1.0, 0.0]}, "i1": {"tau": 0.0, "loadings": [0.5, 1.0]}, "i2": {"tau": 0.0, "loadings": [1.0, 0.0]}},
    }  # fmt: skip
    found = run(joint_pack(drawn), [({"i0": 1.0, "i1": ILLEGAL, "i2": 0.0}, 18.0, None)])
    assert [status(found, 0, place) for place in range(2)] == ["illegal_answer"] * 2
    assert drop_none(a=cell(found, "ability", 0, 0), b=cell(found, "ability", 0, 1)) == {}
