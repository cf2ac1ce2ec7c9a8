"""Random instruments and children: the library scores them as the slow twin does, alone and in a batch."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from property.random_instruments import FEATURES, Drawn, instruments, write
from property.random_takers import as_table, takers
from slow_twin.from_items import run_trace
from slow_twin.instrument import child_of, contrasts_of, score_child
from slow_twin.results import Result

import otscore

NUMBERS = ("raw", "score", "z", "percentile", "ci_low", "ci_high")
CHILDREN, ALONE = 12, 3
NOT_ASKED = ("no_items", "not_at_age")
"""Results that a profile leaves out."""
EXAMPLES, TOGETHER = 14, 120
some = settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller example takes minutes to find
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
seeds = st.integers(0, 2**16)


@pytest.mark.parametrize("feature", FEATURES)
def test_one_feature(feature: str) -> None:
    @some
    @given(drawn=instruments((feature,)), seed=seeds)
    def scored_alike(drawn: Drawn, seed: int) -> None:
        compare(drawn, seed)

    scored_alike()


@settings(some, max_examples=TOGETHER)
@given(data=st.data(), seed=seeds)
def test_features_together(data: st.DataObject, seed: int) -> None:
    wanted = data.draw(st.lists(st.sampled_from(FEATURES), unique=True, max_size=4).map(lambda names: sorted(names, key=FEATURES.index)))
    compare(data.draw(instruments(tuple(wanted))), seed)


def compare(drawn: Drawn, seed: int) -> None:
    """Children of a random instrument have the same scores from both."""
    first = next(disagreements(drawn, seed), None)
    assert first is None, first


def disagreements(drawn: Drawn, seed: int) -> Iterator[tuple[str, dict[str, Any], Any, Any]]:
    """Score the children by both: (scale, what differs, child, scale as drawn) for every result that is not the same."""
    children = takers(drawn, CHILDREN, seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "drawn" / "1"
        write(drawn, place)
        scorer = otscore.Scorer.load(path=place, scales="all")
    others = {name: name for name in drawn.pack["strata"] if name != "sex"}
    scores = scorer.score_frame(as_table(drawn, children), strata=others)
    yield from compared(drawn, children, scores)
    yield from traced(drawn, children, scorer)
    table = scores.to_frame().to_dict("records")
    rows = {(row["id"], row["scale"]): row for row in table}
    for number, child in enumerate(children):
        found = [{name: rows[child["id"], name] for name in (row["scale"] for row in table)}]
        if number < ALONE:
            profile = scorer.score(child, errors="flag")
            found.append({scale.scale: scale.model_dump() for domain in profile.domains for scale in domain.scales})
        for name, expected in score_child(drawn.instrument, drawn.items, drawn.pack, drawn.tables, child).items():
            for results in found:
                if name in results or expected.status not in NOT_ASKED:
                    differ = differences(expected, results[name])
                    if differ:
                        rules = [*drawn.instrument["scales"], *drawn.instrument.get("composites", ())]
                        yield name, differ, child, next(rule for rule in rules if rule["id"] == name)


def compared(drawn: Drawn, children: list[Any], scores: otscore.Scores) -> Iterator[tuple[str, dict[str, Any], Any, Any]]:
    """Comparisons of scores that are not the same: (comparison and scales, what differs, child, comparison as drawn)."""
    rows = scores.contrast_frame().to_dict("records") if "comparisons" in drawn.pack else []
    found = {(row["id"], row["comparison"], row["scale"], row["other"] or ""): row for row in rows}
    assert len(found) == len(rows)
    for child in children if "comparisons" in drawn.pack else []:
        expected = contrasts_of(drawn.instrument, drawn.items, drawn.pack, drawn.tables, child)
        mine = {key[1:]: row for key, row in found.items() if key[0] == child["id"]}
        assert set(mine) == set(expected), (set(mine) ^ set(expected), child)
        for key, contrast in expected.items():
            differ = {}
            for name in ("difference", "critical", "significant", "base_rate"):
                one, other = getattr(contrast, name), plain(mine[key][name])
                if one is not other and (one is None or other is None or not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)):
                    differ[name] = (one, other)
            if differ:
                yield "/".join(key), differ, child, next(rule for rule in drawn.pack["comparisons"] if rule["id"] == key[0])


def traced(drawn: Drawn, children: list[Any], scorer: otscore.Scorer) -> Iterator[tuple[str, dict[str, Any], Any, Any]]:
    """Scales with a basal and a ceiling whose trace is not the same item by item."""
    scales = [scale for scale in drawn.instrument["scales"] if "runs" in scale]
    for child in children[:ALONE] if scales else []:
        trace = scorer.trace(child)
        for scale in scales:
            rows = trace[trace["scale"] == scale["id"]].to_dict("records")
            mine = run_trace(scale, child_of(drawn.instrument, drawn.items, drawn.pack, drawn.tables, child))
            theirs = [tuple(plain(row[name]) for name in ("item", "given", "points", "counted", "how")) for row in rows]
            differ = {one[0]: (one, other) for one, other in zip_longest(mine, theirs, fillvalue=("none",)) if one != other}
            if differ:
                yield scale["id"], differ, child, scale


def differences(expected: Result, found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the twin says, and what the library says instead."""
    differ: dict[str, tuple[Any, Any]] = {}
    for name in NUMBERS:
        mine, theirs = getattr(expected, name), plain(found[name])
        close = mine is not None and theirs is not None and math.isclose(mine, theirs, rel_tol=1e-12, abs_tol=1e-12)
        if not close and not (mine is None and theirs is None):
            differ[name] = (mine, theirs)
    flags = plain(found["flags"])
    words = set(flags.split(";") if isinstance(flags, str) else flags or ())
    for name, mine, theirs in (("band", expected.band, plain(found["band"])), ("status", expected.status, found["status"]), ("flags", expected.flags, words)):
        if mine != theirs:
            differ[name] = (mine, theirs)
    return differ


def plain(cell: Any) -> Any:
    """An empty cell of any kind as None."""
    return None if cell is None or cell != cell or cell == "" else cell
