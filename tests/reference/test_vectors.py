"""Every vector of the reference file against the library; OTSCORE_VECTORS names another file."""

from __future__ import annotations

import json
import os
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vector_functions import VECTOR_FUNCTIONS

TOPICS_OF_LATER_WORK: set[str] = set()
NAMED = os.environ.get("OTSCORE_VECTORS") or None
FILE = Path(NAMED or Path(__file__).with_name("vectors.json"))
ENTRIES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
FIXTURES = {entry["name"]: entry["data"] for entry in ENTRIES if entry["topic"] == "_fixture"}
VECTORS = [entry for entry in ENTRIES if entry["topic"] != "_fixture"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['id']}-{v['function']}")
def test_vector(vector: dict[str, Any]) -> None:
    adapter = VECTOR_FUNCTIONS.get(vector["function"])
    if adapter is None:
        pytest.skip(f"no adapter for {vector['function']} ({vector['topic']})")
    inputs = dict(vector["inputs"])
    if "fixture" in inputs:
        inputs["fixture"] = FIXTURES[inputs["fixture"]]
    assert_agrees(adapter(inputs), vector["expected"], vector["tolerance"], "result")


def test_functions_without_adapter_are_later_work() -> None:
    unmapped = [v for v in VECTORS if v["function"] not in VECTOR_FUNCTIONS]
    counts = Counter(v["function"] for v in unmapped)
    listing = ", ".join(f"{name} x{n}" for name, n in sorted(counts.items()))
    if unmapped:
        warnings.warn(f"{len(unmapped)} vectors without adapter: {listing}", stacklevel=1)
    forgotten = {v["function"] for v in unmapped if v["topic"] not in TOPICS_OF_LATER_WORK}
    if NAMED is not None:
        pytest.skip(f"another file is named: what it asks for beyond the adapters is listed above ({len(forgotten)} functions)")
    assert not forgotten, f"vectors without adapter that are not later work: {sorted(forgotten)}"


def assert_agrees(actual: Any, expected: Any, tolerance: float, where: str) -> None:
    """`expected` as JSON has it: null is NaN or None, "inf" and "-inf" are numbers where a number came."""
    if isinstance(expected, dict):
        assert set(actual) == set(expected), where
        for key, value in expected.items():
            assert_agrees(actual[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), where
        for i, value in enumerate(expected):
            assert_agrees(actual[i], value, tolerance, f"{where}[{i}]")
    elif expected is None:
        assert actual is None or np.isnan(actual), f"{where}: {actual} instead of nothing"
    elif isinstance(expected, str) and is_number(actual):
        assert float(actual) == float(expected), f"{where}: {actual} instead of {expected}"
    elif isinstance(expected, str):
        assert str(actual) == expected, f"{where}: {actual} instead of {expected}"
    else:
        assert abs(float(actual) - expected) <= tolerance, f"{where}: {actual} instead of {expected}"


def is_number(value: Any) -> bool:
    return bool(np.issubdtype(np.asarray(value).dtype, np.number))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.1, 1.0),
        (np.nan, 1.0),
        (1.0, None),
        (np.inf, "-inf"),
        ("2", "3"),
        ([1.0], [1.0, 2.0]),
        ({}, {"a": 1}),
    ],
)
def test_disagreement_is_noticed(actual: Any, expected: Any) -> None:
    with pytest.raises(AssertionError):
        assert_agrees(actual, expected, 0.05, "result")
