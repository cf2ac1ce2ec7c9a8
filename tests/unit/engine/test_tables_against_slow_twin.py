"""Raw scores to scores and classes by table, against plain Python: tables with ages, strata, holes and empty cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import derive as slow_derive
from slow_twin import places as slow_places
from unit.engine.drawing import (
    ONE_ITEM,
    ONE_SCALE,
    SEXES,
    children_of,
    draw_children,
    expected_status,
    halves,
    item_rows,
    manifest,
    many,
    maybe,
    norm_groups,
    scale_that_is,
)
from unit.engine.toy_packs import MANIFEST, assert_number, band, cell, flags, load, scored, status


def words(**flagged: bool) -> set[str]:
    """The flags that hold."""
    return {name for name, holds in flagged.items() if holds}

@many
@given(st.data())
def test_lookup_tables(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    rows = []
    for key in keys:
        raws = data.draw(st.lists(st.integers(-3, 12), min_size=1, max_size=8, unique=True))
        blank = data.draw(st.lists(st.booleans(), min_size=len(raws), max_size=len(raws)))
        blank[0] = False
        rows += [
            key | {"raw": raw, "score": None if empty else data.draw(halves)}
            for raw, empty in zip(raws, blank, strict=True)
        ]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="lookup", metric="scaled"), {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, st.integers(-4, 13).map(float) | st.just(2.5))
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        score, why = (
            slow_derive.lookup(raw, rows, age, {"sex": sex} if strata else {}) if raw is not None else (None, "")
        )
        if why == "ok" and score is None:
            why = "raw_out_of_table"  # a blank cell
        assert status(found, row) == expected_status(raw, why)
        assert_number(cell(found, "score", row), score)
        assert_number(cell(found, "z", row), None if score is None else (score - 10) / 3)
        printed = [r["score"] for r in slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})[0] if r["score"] is not None]
        ends = words(at_floor=score == min(printed, default=0), at_ceiling=score == max(printed, default=0))
        assert flags(found, row) == (ends if score is not None else set())


ENDS = {"raw_min": True, "raw_from": True, "raw_above": False, "raw_max": True, "raw_upto": True, "raw_below": False}
"""Columns that give an end of a range, and whether the number itself belongs to the range."""
PAIRS = [("raw_min", "raw_max"), ("raw_from", "raw_below"), ("raw_above", "raw_upto"), ("raw_from", "raw_upto"), ("raw_above", "raw_below")]


@st.composite
def raw_ranges(draw: st.DrawFn, low: str, high: str) -> list[dict[str, Any]]:
    """Ranges that do not overlap, whatever their ends include; some leave a number out between them."""
    edges: list[Any] = sorted(draw(st.lists(st.integers(-5, 15), min_size=2, max_size=5, unique=True)))
    both = ENDS[low] and ENDS[high]
    ranges = [[start, stop - (1 if both else 0)] for start, stop in zip(edges, edges[1:], strict=False)]
    ranges[0][0] = draw(st.sampled_from([ranges[0][0], None]))
    ranges[-1][1] = draw(st.sampled_from([ranges[-1][1], None]))
    if len(ranges) > 2 and draw(st.booleans()):
        del ranges[1]
    return [{low: start, high: stop} for start, stop in draw(st.permutations(ranges))]


@settings(max_examples=100)
@given(st.data())
def test_ranges(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    low, high = data.draw(st.sampled_from(PAIRS), "ends")
    banded = data.draw(st.booleans(), "banded")
    result = "band" if banded else "score"
    rows = [
        key | part | {result: data.draw(st.sampled_from(["a", "b", "c"]) if banded else halves)}
        for key in keys
        for part in data.draw(raw_ranges(low, high))
    ]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="ranges", metric="none" if banded else "t"), {"norms.csv": rows})
    ends = [float(row[name]) for row in rows for name in (low, high) if row[name] is not None]
    children, ages, sexes = draw_children(data, keys, st.sampled_from(ends or [0.0]) | halves)
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        value, why = (None, "") if raw is None else slow_derive.ranges(raw, rows, result, age, {"sex": sex} if strata else {})
        assert status(found, row) == expected_status(raw, why)
        assert band(scorer, found, row) == (value if banded else None)
        assert_number(cell(found, "score", row), None if banded else value)


@many
@given(
    cuts=st.lists(halves, min_size=1, max_size=5, unique=True).map(sorted),
    raws=st.lists(maybe(halves), min_size=1, max_size=10),
)
def test_cut_scores(cuts: list[float], raws: list[float | None]) -> None:
    bands = [f"b{k}" for k in range(len(cuts) + 1)]
    norm = {"scales": ["s"], "method": "cuts", "cuts": {"bands": bands, "at_least": cuts}}
    scorer = load(ONE_ITEM, ONE_SCALE, {"norms": [norm]})
    found = scored(scorer, [{"i0": raw} for raw in raws])
    for row, raw in enumerate(raws):
        assert band(scorer, found, row) == (None if raw is None else slow_derive.cut_band(raw, bands, cuts))


# ---------------------------------------------------------------------------------------------- places between percentiles

NAMES = ["p2_5", "p05", "p10", "p25", "p50", "p75", "p90", "p97_5"]


@st.composite
def percentile_rows(draw: st.DrawFn, keys: Sequence[Mapping[str, Any]], values: st.SearchStrategy[Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Some percentile columns, and a row for each norm group; in some tables cells are empty (never a whole row)."""
    names = sorted(draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True)), key=NAMES.index)
    with_holes = draw(st.booleans())
    rows = []
    for key in keys:
        numbers: list[Any] = sorted(draw(st.lists(values, min_size=len(names), max_size=len(names))))
        kept = draw(st.integers(0, len(names) - 1))
        holes = [with_holes and place != kept and draw(st.integers(0, 2)) == 0 for place in range(len(names))]
        rows.append(dict(key) | {name: None if hole else number for name, number, hole in zip(names, numbers, holes, strict=True)})
    return names, rows


@settings(max_examples=120)
@given(st.data())
def test_percentile_cells(data: st.DataObject) -> None:
    """The place between two printed percentiles, always; the percentile where the norm interpolates and no cell is empty."""
    keys, strata = data.draw(norm_groups(), "groups")
    names, rows = data.draw(percentile_rows(keys, halves), "rows")
    interpolated = data.draw(st.booleans(), "interpolated")
    metric = data.draw(st.sampled_from(["percentile", "t"])) if interpolated else "none"
    higher_is = data.draw(st.sampled_from(["more_able", "less_able", "neither"]), "higher is")
    norm = manifest(strata, method="percentile_cells", metric=metric, percentiles_interpolated=interpolated)
    scorer = load(ONE_ITEM, scale_that_is(higher_is), norm, {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, st.integers(-24, 44).map(lambda x: x / 4))
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        assert status(found, row) == expected_status(raw, why)
        if raw is None or why != "ok":
            assert band(scorer, found, row) is None
            continue
        place, lowest, highest = slow_places.place(raw, here[0], names)
        assert band(scorer, found, row) == place
        assert flags(found, row) == words(at_floor=lowest, at_ceiling=highest)
        percent = slow_places.between(raw, here[0], names) if interpolated else None
        z = None if percent is None else NormalDist().inv_cdf(percent / 100)
        assert_number(cell(found, "percentile", row), percent)
        assert_number(cell(found, "z", row), -z if z is not None and higher_is == "less_able" else z)
        assert_number(cell(found, "score", row), percent if z is None or metric == "percentile" else 50 + 10 * z)


def test_the_lowest_and_highest_place_of_a_row_with_empty_ends_are_flagged() -> None:
    rows = [{"age_from": 0, "age_to": 12, "p05": 1, "p50": 5, "p95": 9}, {"age_from": 12, "age_to": 24, "p05": None, "p50": 5, "p95": None}]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest((), method="percentile_cells"), {"norms.csv": rows})
    found = scored(scorer, [{"i0": 0.0}, {"i0": 0.0}, {"i0": 9.0}], [6, 18, 18])
    for row, value in enumerate((0.0, 0.0, 9.0)):
        place, lowest, highest = slow_places.place(value, rows[min(row, 1)], ["p05", "p50", "p95"])
        assert band(scorer, found, row) == place
        assert flags(found, row) == words(at_floor=lowest, at_ceiling=highest)


@many
@given(st.data())
def test_ages_of_attainment(data: st.DataObject) -> None:
    strata = data.draw(st.sampled_from([(), ("sex",)]), "strata")
    keys = [{"sex": sex} for sex in SEXES] if strata else [{}]
    names, rows = data.draw(percentile_rows(keys, st.integers(1, 60)), "rows")
    required = data.draw(st.booleans(), "age required")
    norm = manifest(strata, method="attainment")
    scorer = load(ONE_ITEM, ONE_SCALE, norm | {"age": MANIFEST["age"] | {"required": required}}, {"norms.csv": rows})
    printed = [row[name] for row in rows for name in names if row[name] is not None]
    ages = st.sampled_from(printed).flatmap(lambda age: st.sampled_from([age, age - 0.5, age + 0.5])) | st.sampled_from([0.0, 100.0])
    child = st.tuples(maybe(st.sampled_from([-1.0, 0.0, 0.5, 3.0])), ages | st.none(), maybe(st.sampled_from(SEXES)))
    children = data.draw(st.lists(child, min_size=1, max_size=10), "raw, age, sex")
    found = scored(scorer, [{"i0": raw} for raw, _, _ in children], [age for _, age, _ in children], {"sex": [sex for *_, sex in children]})
    for row, (raw, age, sex) in enumerate(children):
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        if required and age is None:
            why = "age_missing"
        if age is None and why == "ok" and raw is not None and raw <= 0:
            why = "age_missing"
        assert status(found, row) == expected_status(raw, why)
        word = slow_places.attainment(raw, age, here[0], names) if raw is not None and why == "ok" else None
        assert band(scorer, found, row) == word
        assert flags(found, row) == set()
        assert cell(found, "z", row) is None and cell(found, "percentile", row) is None and cell(found, "score", row) is None


def test_what_is_not_attained_needs_an_age() -> None:
    norm = manifest((), method="attainment")
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": [{"p50": 12, "p90": 18}]})
    found = scored(scorer, [{"i0": 0.0}, {"i0": 1.0}], [None, None])
    assert [band(scorer, found, row) for row in range(2)] == [None, "attained"]
    assert [status(found, row) for row in range(2)] == ["age_missing", "ok"]


@many
@given(st.data())
def test_base_rates(data: st.DataObject) -> None:
    """A percentage and nothing else: no z, no percentile, no floor and no ceiling."""
    keys, strata = data.draw(norm_groups(), "groups")
    rows = []
    for key in keys:
        raws = sorted(data.draw(st.lists(st.integers(-3, 12), min_size=1, max_size=8, unique=True)))
        percents = sorted(data.draw(st.lists(st.integers(0, 200).map(lambda x: x / 2), min_size=len(raws), max_size=len(raws))), reverse=True)
        rows += data.draw(st.permutations([key | {"raw": raw, "percent": percent} for raw, percent in zip(raws, percents, strict=True)]))
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="base_rates", metric="base_rate"), {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, st.integers(-4, 13).map(float) | st.just(2.5))
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        percent = slow_places.base_rate(raw, here) if raw is not None and why == "ok" else None
        if why == "ok" and percent is None:
            why = "raw_out_of_table"
        assert status(found, row) == expected_status(raw, why)
        assert_number(cell(found, "score", row), percent)
        for name in ("z", "percentile", "ci_low", "ci_high"):
            assert cell(found, name, row) is None, name
        assert flags(found, row) == set() and band(scorer, found, row) is None


# ---------------------------------------------------------------------------------------------- classes of a composite


@many
@given(st.data())
def test_composites(data: st.DataObject) -> None:
    bands = ["low", "middle", "high"]
    count = st.fixed_dictionaries(
        {"band": st.sampled_from(bands), "at_least": st.integers(0, 3)}, optional={"at_most": st.integers(0, 3)}
    )
    level = st.fixed_dictionaries({"when": st.lists(count, max_size=2), "needs_all": st.booleans()})
    levels = [
        {"band": f"c{k}"} | drawn
        for k, drawn in enumerate(data.draw(st.lists(level, min_size=1, max_size=4), "levels"))
    ]
    members = [f"s{k}" for k in range(4)]
    min_members = data.draw(st.integers(1, 4))
    parts = [{"id": name, "domain": "general", "items": [f"i{k}"], "raw": "max"} for k, name in enumerate(members)]
    composite = {"id": "c", "domain": "general", "members": members, "levels": levels, "min_members": min_members}
    norm = {"scales": members, "method": "cuts", "cuts": {"bands": bands, "at_least": [2, 4]}}
    instrument = {"options": {"points": {"legal": [1, 2, 3, 4, 5]}}, "scales": parts, "composites": [composite]}
    scorer = load(item_rows(4), instrument, {"norms": [norm]})
    children = data.draw(children_of(4, st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])))
    found = scored(scorer, children)
    for row, child in enumerate(children):
        mine = {
            f"s{k}": None if raw is None else slow_derive.cut_band(raw, bands, [2, 4])
            for k, raw in enumerate(child.values())
        }
        word, why = slow_derive.composite(mine, levels, min_members)
        assert band(scorer, found, row, 4) == word
        if not any(mine.values()) and why == "member_missing":
            why = "no_items"  # what all members have in common says more
        assert status(found, row, 4) == why
