from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from otscore.kernel import graded, trait

VECTORS = json.loads((Path(__file__).parents[2] / "reference" / "vectors.json").read_text(encoding="utf-8"))


def test_answers_share_out_all_probability_without_losing_the_tails() -> None:
    ability = np.linspace(-60, 60, 25)
    p = graded.graded_probability(ability, 1.7, [-1.0, 0.2, 0.9])
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    assert (p > 0).all()


def test_one_threshold_is_the_rasch_model() -> None:
    p = graded.graded_probability([0.3], 1.0, [-0.4])
    np.testing.assert_allclose(p[0, 1], trait.rasch_probability(0.3, -0.4))


def test_lord_wingersky_is_the_sum_over_all_patterns() -> None:
    items = [
        graded.graded_probability([-0.5, 1.0], a, b)
        for a, b in ((1.0, [0.0]), (0.8, [-1, 1]), (1.5, [0, 2, 3]))
    ]
    expected = np.zeros((2, 7))
    for pattern in product(range(2), range(3), range(4)):
        expected[:, sum(pattern)] += np.prod([p[:, k] for p, k in zip(items, pattern, strict=True)], axis=0)
    np.testing.assert_allclose(graded.lord_wingersky(items), expected, rtol=1e-12)


def test_ability_by_sum_score_matches_the_printed_table_to_its_last_digit() -> None:
    items = next(v["data"] for v in VECTORS if v.get("name") == "cesd20_grm")
    rows = [v for v in VECTORS if v.get("function") == "eap_sum_score"]
    grid = np.arange(-80, 81) * 0.05
    table = graded.graded_sum_score_table([i["a"] for i in items], [i["b"] for i in items], grid, 0.0, 1.0)
    assert table.eap.shape == (61,) and (np.diff(table.eap) > 0).all()
    for row in rows:
        at, expected = row["inputs"]["raw"] - 20, row["expected"]
        assert table.eap[at] == pytest.approx(expected["eap"], abs=6e-4)
        assert table.sd[at] == pytest.approx(expected["eap_se"], abs=6e-4)
        assert table.expected_sum[at] + 20 == pytest.approx(expected["expected_raw"], abs=6e-4)
        assert 50 + 10 * table.eap[at] == pytest.approx(expected["t"], abs=0.051)
