"""What the tests against the slow twins draw and compare alike: norm groups, children, a pack of one scale, z and its metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from slow_twin import metric as slow_metric
from unit.engine.toy_packs import assert_number, cell

from otscore.codes import METRIC_MEAN_SD, Metric

many = settings(max_examples=100)
halves = st.integers(-10, 20).map(lambda x: x / 2)
"""Numbers that binary fractions hold exactly: no test here turns on a last bit."""


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def drop_none(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


def item_rows(n: int, options: str = "points") -> list[dict[str, str]]:
    return [{"item": f"i{k}", "options": options} for k in range(n)]


def children_of(n: int, answers: st.SearchStrategy[Any], size: int = 8) -> st.SearchStrategy[list[dict[str, Any]]]:
    child = st.lists(maybe(answers), min_size=n, max_size=n)
    return st.lists(
        child.map(lambda given: {f"i{k}": answer for k, answer in enumerate(given)}), min_size=1, max_size=size
    )


SEXES = ("boy", "girl")
ONE_ITEM = [{"item": "i0", "options": "number"}]
NUMBER = {"number": {"range": [-1000.0, 1000.0]}}
ONE_SCALE = {"options": NUMBER, "scales": [{"id": "s", "domain": "general", "items": ["i0"], "raw": "max"}]}


@st.composite
def norm_groups(draw: st.DrawFn) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Keys of the rows of a table: sex and half-open age bands, either or both, with holes."""
    strata = draw(st.sampled_from([(), ("sex",)]))
    by_age = draw(st.booleans())
    keys = []
    for sex in SEXES if strata else (None,):
        edges = (
            sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=5, unique=True))) if by_age else [None, None]
        )
        bands = [drop_none(sex=sex, age_from=low, age_to=high) for low, high in zip(edges, edges[1:], strict=False)]
        holes = draw(st.lists(st.booleans(), min_size=len(bands), max_size=len(bands)))
        kept = [band for band, hole in zip(bands, holes, strict=True) if not hole]
        keys += kept or bands[:1]
    return keys, strata


def manifest(strata: Sequence[str], **norm: Any) -> dict[str, Any]:
    norm = {"scales": ["s"], "table": "norms.csv", "strata": list(strata)} | norm
    parts: dict[str, Any] = {"norms": [drop_none(**norm)]}
    return parts | ({"strata": {"sex": {"values": list(SEXES)}}} if strata else {})


Draw = tuple[list[dict[str, float | None]], list[float | None], list[str | None]]


def draw_children(data: st.DataObject, keys: Sequence[Mapping[str, Any]], values: st.SearchStrategy[Any]) -> Draw:
    edges = [key[end] for key in keys for end in ("age_from", "age_to") if end in key] or [12]
    ages = (
        st.sampled_from(edges).flatmap(lambda edge: st.sampled_from([edge, np.nextafter(edge, -1), edge + 0.5]))
        | st.none()
    )
    child = st.tuples(maybe(values), ages, maybe(st.sampled_from(SEXES)))
    drawn = data.draw(st.lists(child, min_size=1, max_size=10), "value, age, sex")
    return [{"i0": value} for value, _, _ in drawn], [age for _, age, _ in drawn], [sex for _, _, sex in drawn]


def scale_that_is(higher_is: str) -> dict[str, Any]:
    """The pack of one scale, with this direction."""
    return ONE_SCALE | {"scales": [ONE_SCALE["scales"][0] | {"higher_is": higher_is}]}


def expected_status(value: float | None, why: str) -> str:
    return "no_items" if value is None else why


def assert_metric(found: Any, row: int, z: float | None, metric: str, tolerance: float = 1e-12) -> None:
    """z, score and percentile say the same."""
    assert_number(cell(found, "z", row), z, tolerance, "z")
    score = None if z is None else slow_metric.scaled(z, *METRIC_MEAN_SD[Metric(metric)])
    assert_number(cell(found, "score", row), score, tolerance, "score")
    assert_number(
        cell(found, "percentile", row), None if z is None else slow_metric.percentile(z), tolerance, "percentile"
    )
