"""What must hold for every pack: a child's scores depend on that child alone, and mean what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property.children import (
    PACKS,
    as_frame,
    as_record,
    assert_same_bits,
    children_alike,
    counts_at,
    extreme_answers,
    random_batch,
    scorer,
    seeds,
    sizes,
    take,
)

from otscore.codes import Metric, Status
from otscore.compile import Form
from otscore.compile.irt import JointPlace
from otscore.engine import score

each_pack = pytest.mark.parametrize("pack", PACKS)
some = settings(max_examples=10)
few = settings(max_examples=5)
ALONE = [pack for pack in PACKS if any(f.irt is not None and not isinstance(f.irt, JointPlace) for f in scorer(pack).form.results)]
"""Packs with abilities that are found one by one. Found together, one may fall where another rises."""

FOR_RESEARCH = {pack for pack in PACKS if all(scale.use == "research" for scale in scorer(pack).form.pack.instrument.scales)}
"""Packs that are scored only where their scales are asked for."""


def full_form(pack: str) -> Form:
    """All scales, with full posteriors, which exist for item-response packs only."""
    return scorer(pack, posterior=True).form


# ---------------------------------------------------------------------------------------------- batch invariance


@each_pack
@few
@given(n=sizes, seed=seeds)
def test_a_child_alone_has_the_scores_it_has_in_a_batch(pack: str, n: int, seed: int) -> None:
    form = full_form(pack)
    batch = random_batch(form, n, seed)
    whole = score(form, batch)
    for row in range(n):
        assert_same_bits(score(form, batch.rows(row, row + 1)), whole, slice(row, row + 1))


@each_pack
@some
@given(n=sizes, seed=seeds)
def test_the_order_of_the_children_does_not_matter(pack: str, n: int, seed: int) -> None:
    form = full_form(pack)
    batch = random_batch(form, n, seed)
    order = np.random.default_rng(seed).permutation(n)
    assert_same_bits(score(form, take(batch, order)), score(form, batch), order)


@each_pack
@some
@given(n=sizes, seed=seeds, chunk_rows=st.integers(1, 45), cut=st.floats(0, 1))
def test_parts_put_together_are_the_whole(pack: str, n: int, seed: int, chunk_rows: int, cut: float) -> None:
    form = full_form(pack)
    batch = random_batch(form, n, seed)
    whole = score(form, batch)
    assert_same_bits(score(form, batch, chunk_rows=chunk_rows), whole, slice(None))
    middle = round(cut * n)
    for rows in (slice(0, middle), slice(middle, n)):
        part = score(form, batch.rows(rows.start, rows.stop), chunk_rows=chunk_rows)
        assert_same_bits(part, whole, rows)


@each_pack
def test_chunks_of_5000_children(pack: str) -> None:
    form = full_form(pack) if pack in FOR_RESEARCH else scorer(pack, scales=None).form
    batch = random_batch(form, 5_000, seed=20_241_124)
    whole = score(form, batch, chunk_rows=len(batch))
    for chunk_rows in (97, 4096):
        assert_same_bits(score(form, batch, chunk_rows=chunk_rows), whole, slice(None))
    assert_same_bits(score(form, batch.rows(0, 150), chunk_rows=1), whole, slice(0, 150))


@each_pack
def test_memory_layout_does_not_matter(pack: str) -> None:
    form = full_form(pack)
    batch = random_batch(form, 40, seed=7)
    columns_first = replace(batch, responses=np.asfortranarray(batch.responses))
    assert_same_bits(score(form, columns_first), score(form, batch), slice(None))


@each_pack
def test_the_children_that_are_drawn_are_of_every_kind(pack: str) -> None:
    """Else the tests here would prove little: every answer and every value of a stratum occurs, every result is scored for somebody."""
    form = scorer(pack).form
    batch = random_batch(form, 4_000, seed=99)
    for place, options in enumerate(form.option_sets):
        given, codes = set(batch.responses[:, place].tolist()), set(options.range or options.legal)
        assert len(codes & given) >= (len(codes) if len(codes) <= 25 else 0.5 * len(codes)), form.items[place]
        assert set(map(float, options.missing)) <= given, form.items[place]
    for name, codes in batch.strata.items():
        assert set(np.unique(codes[~np.isnan(codes)])) == set(range(len(form.pack.manifest.strata[name].values)))
        assert np.isnan(codes).any()
    scored = (score(form, batch).status == Status.OK).any(axis=0)
    normed = [scale.norm is not None and (scale.columns.size > 0 or bool(scale.members)) for scale in form.results]
    silent = [name for name, has, some_ok in zip(form.result_ids, normed + [True] * len(form.composites), scored, strict=True) if has and not some_ok]
    assert not silent


# ---------------------------------------------------------------------------------------------- tables


@each_pack
@settings(max_examples=2)
@given(seed=seeds)
def test_the_order_of_columns_and_the_split_of_a_table_do_not_matter(pack: str, seed: int) -> None:
    battery = scorer(pack)
    frame = as_frame(battery.form, random_batch(battery.form, 40, seed))
    whole = battery.score_frame(frame)
    shuffled = frame[np.random.default_rng(seed).permutation(frame.columns)]
    assert_same_bits(battery.score_frame(shuffled).arrays, whole.arrays, slice(None))
    parts = [battery.score_frame(part).to_frame() for part in (frame[:13], frame[13:])]
    # a column of categories has those that occur in it: joined, two tables with different ones have none
    joined, together = (table.astype({"flags": object}) for table in (pd.concat(parts, ignore_index=True), whole.to_frame()))
    pd.testing.assert_frame_equal(joined, together, check_exact=True, check_categorical=False)
    assert whole.to_frame()["id"].drop_duplicates().tolist() == frame["id"].tolist(), "nobody dropped, in input order"


@each_pack
def test_a_large_table_is_the_sum_of_its_halves(pack: str) -> None:
    battery = scorer(pack)
    frame = as_frame(battery.form, random_batch(battery.form, 5_000, seed=3))
    whole = battery.score_frame(frame)
    for rows in (slice(0, 2_400), slice(2_400, 5_000)):
        assert_same_bits(battery.score_frame(frame[rows]).arrays, whole.arrays, rows)


@pytest.mark.parametrize("pack", [pack for pack in PACKS if any(item.aliases for item in scorer(pack).pack.items)])
def test_a_further_name_of_an_item_is_the_item(pack: str) -> None:
    battery = scorer(pack)
    batch = random_batch(battery.form, 60, seed=5)
    plain, renamed = as_frame(battery.form, batch), as_frame(battery.form, batch, further_names=True)
    assert list(plain.columns) != list(renamed.columns)
    assert_same_bits(battery.score_frame(renamed).arrays, battery.score_frame(plain).arrays, slice(None))


@each_pack
def test_a_record_is_a_table_of_one(pack: str) -> None:
    battery = scorer(pack)
    form = battery.form
    frame = as_frame(form, random_batch(form, 12, seed=11)).astype({"id": str})
    scores = battery.score_frame(frame)
    for row, cells in enumerate(frame.to_dict("records")):
        profile = battery.score(as_record(form, cells), errors="flag")
        assert profile.model_dump_json() == scores.profile(row).model_dump_json()


# ---------------------------------------------------------------------------------------------- what scores mean


@each_pack
@some
@given(n=sizes, seed=seeds)
def test_a_status_is_ok_where_there_is_a_score_and_nowhere_else(pack: str, n: int, seed: int) -> None:
    form = scorer(pack).form
    found = score(form, random_batch(form, n, seed))
    scored = found.status == Status.OK
    np.testing.assert_array_equal(scored, ~np.isnan(found.score) | (found.band >= 0))
    for name in ("z", "percentile", "ci_low", "ci_high"):
        assert np.isnan(getattr(found, name)[~scored]).all(), name
    refused = np.isin(found.status, [Status.NO_ITEMS, Status.TOO_FEW_ITEMS, Status.ILLEGAL_ANSWER])
    assert np.isnan(found.ability[refused]).all() and np.isnan(found.sem[refused]).all()
    own = [place for place, scale in enumerate(form.results) if scale.valid_with is None]  # the others may tell of another scale
    assert (found.n_answered[:, own][found.status[:, own] == Status.NO_ITEMS] == 0).all()
    assert not (np.isinf(found.score) | np.isinf(found.z) | np.isinf(found.ability)).any()
    given_percentile = found.percentile[~np.isnan(found.percentile)]
    assert ((given_percentile >= 0) & (given_percentile <= 100)).all()


@each_pack
@some
@given(seed=seeds)
def test_more_never_scores_lower(pack: str, seed: int) -> None:
    """Among children of one age and group: by rising measure, z goes the scale's way and no band comes back."""
    form = scorer(pack).form
    found = score(form, children_alike(form, 40, seed))
    for column, scale in enumerate(form.results):
        measure = (found.ability if scale.irt else found.raw)[:, column]
        rows = np.flatnonzero(found.status[:, column] == Status.OK)
        rows = rows[np.argsort(measure[rows], kind="stable")]
        sign = -1.0 if scale.scale.higher_is == "less_able" else 1.0
        z = sign * found.z[rows, column]
        assert (np.diff(z[~np.isnan(z)]) >= 0).all(), scale.scale.id
        if scale.norm is not None and scale.norm.norm.metric is Metric.BASE_RATE:
            assert (np.diff(found.score[rows, column]) <= 0).all(), scale.scale.id
        bands = found.band[rows, column]
        changes = int(np.count_nonzero(np.diff(bands)))
        assert changes == max(np.unique(bands).size - 1, 0), scale.scale.id
        alike = np.diff(measure[rows]) == 0
        for name in ("score", "z", "band"):
            value = getattr(found, name)[rows, column]
            np.testing.assert_array_equal(value[1:][alike], value[:-1][alike], err_msg=name)


@pytest.mark.parametrize("pack", ALONE)
@some
@given(seed=seeds, item=st.floats(0, 1, exclude_max=True))
def test_a_better_answer_never_lowers_an_ability(pack: str, seed: int, item: float) -> None:
    """One item answered worst, then best: the ability of its scales rises, and z goes with it."""
    alone = tuple(f.scale.id for f in scorer(pack).form.results if f.irt is not None and not isinstance(f.irt, JointPlace))
    form = scorer(pack, rounding="none", scales=alone).form
    batch = children_alike(form, 20, seed)
    place = int(item * len(form.items))
    worst, best = (replace(batch, responses=batch.responses.copy()) for _ in range(2))
    worst.responses[:, place], best.responses[:, place] = extreme_answers(form, place)
    before, after = score(form, worst), score(form, best)
    for name in ("ability", "z"):
        both = ~np.isnan(getattr(before, name)) & ~np.isnan(getattr(after, name))
        sign = np.where([scale.scale.higher_is == "less_able" for scale in form.results], -1.0, 1.0) if name == "z" else 1.0
        assert ((sign * (getattr(after, name) - getattr(before, name)))[both] >= 0).all(), name
    if counts_at(form, place, float(batch.age[0])):
        mine = [column for column, scale in enumerate(form.results) if place in scale.columns]
        known = ~np.isnan(before.ability[:, mine])
        assert (after.ability[:, mine][known] > before.ability[:, mine][known]).all()


@each_pack
@some
@given(n=sizes, seed=seeds)
def test_an_interval_holds_its_score_and_narrows_with_its_level(pack: str, n: int, seed: int) -> None:
    levels = [scorer(pack, ci_level=level).form for level in (0.5, 0.9, 0.99)]
    batch = random_batch(levels[0], n, seed)
    narrow, usual, wide = (score(form, batch) for form in levels)
    for column, scale in enumerate(levels[0].results):
        interval = scale.norm.norm.interval if scale.norm else None
        for found in (narrow, usual, wide):
            low, middle, high = (part[:, column] for part in (found.ci_low, found.score, found.ci_high))
            both = ~np.isnan(low) & ~np.isnan(high)
            assert not both.any() or interval is not None
            if interval is not None and interval.kind != "true_score":
                assert (low[both] <= middle[both]).all() and (middle[both] <= high[both]).all(), scale.scale.id
    for inner, outer in ((narrow, usual), (usual, wide)):
        both = ~np.isnan(outer.ci_low) & ~np.isnan(outer.ci_high)
        assert (outer.ci_low[both] <= inner.ci_low[both]).all() and (inner.ci_high[both] <= outer.ci_high[both]).all()
        for name in ("raw", "ability", "score", "z", "percentile", "band", "status"):
            np.testing.assert_array_equal(getattr(inner, name), getattr(outer, name), err_msg=name)
