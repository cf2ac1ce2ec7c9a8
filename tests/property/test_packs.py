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
    assert_same_bits,
    children_alike,
    random_batch,
    scorer,
    seeds,
    sizes,
    take,
)

from otscore.codes import Status
from otscore.compile import Form
from otscore.engine import score

each_pack = pytest.mark.parametrize("pack", PACKS)
some = settings(max_examples=20)
few = settings(max_examples=8)


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
    form = scorer(pack, scales=None).form
    batch = random_batch(form, 5_000, seed=20_241_124)
    whole = score(form, batch, chunk_rows=len(batch))
    for chunk_rows in (7, 4096):
        assert_same_bits(score(form, batch, chunk_rows=chunk_rows), whole, slice(None))
    rows = 5_000 if len(form.result_ids) == 1 and len(form.items) <= 100 else 500  # one by one takes its time
    assert_same_bits(score(form, batch.rows(0, rows), chunk_rows=1), whole, slice(0, rows))


@each_pack
def test_memory_layout_does_not_matter(pack: str) -> None:
    form = full_form(pack)
    batch = random_batch(form, 40, seed=7)
    columns_first = replace(batch, responses=np.asfortranarray(batch.responses))
    assert_same_bits(score(form, columns_first), score(form, batch), slice(None))


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
    pd.testing.assert_frame_equal(
        pd.concat(parts, ignore_index=True), whole.to_frame(), check_exact=True, check_categorical=False
    )
    assert whole.to_frame()["id"].drop_duplicates().tolist() == frame["id"].tolist(), "nobody dropped, in input order"


@each_pack
def test_a_large_table_is_the_sum_of_its_halves(pack: str) -> None:
    battery = scorer(pack)
    frame = as_frame(battery.form, random_batch(battery.form, 5_000, seed=3))
    whole = battery.score_frame(frame)
    for rows in (slice(0, 2_400), slice(2_400, 5_000)):
        assert_same_bits(battery.score_frame(frame[rows]).arrays, whole.arrays, rows)


@each_pack
def test_a_record_is_a_table_of_one(pack: str) -> None:
    battery = scorer(pack)
    form = battery.form
    frame = as_frame(form, random_batch(form, 12, seed=11)).astype({"id": str})
    scores = battery.score_frame(frame)
    for row, cells in enumerate(frame.to_dict("records")):
        said = {name: value for name, value in cells.items() if not pd.isna(value) and value != ""}
        record = {name: said.pop(name) for name in list(said) if name not in form.index}
        profile = battery.score(record | {"responses": said}, errors="flag")
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
    assert (found.n_answered[found.status == Status.NO_ITEMS] == 0).all()
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
    for column, scale in enumerate(form.scales):
        measure = (found.ability if scale.irt else found.raw)[:, column]
        rows = np.flatnonzero(found.status[:, column] == Status.OK)
        rows = rows[np.argsort(measure[rows], kind="stable")]
        sign = -1.0 if scale.scale.higher_is == "less_able" else 1.0
        z = sign * found.z[rows, column]
        assert (np.diff(z[~np.isnan(z)]) >= 0).all(), scale.scale.id
        bands = found.band[rows, column]
        changes = int(np.count_nonzero(np.diff(bands)))
        assert changes == max(np.unique(bands).size - 1, 0), scale.scale.id
        alike = np.diff(measure[rows]) == 0
        for name in ("score", "z", "band"):
            value = getattr(found, name)[rows, column]
            np.testing.assert_array_equal(value[1:][alike], value[:-1][alike], err_msg=name)


@pytest.mark.parametrize("pack", [pack for pack in PACKS if scorer(pack).pack.manifest.irt])
@some
@given(seed=seeds, item=st.floats(0, 1, exclude_max=True))
def test_one_more_pass_never_lowers_an_ability(pack: str, seed: int, item: float) -> None:
    form = scorer(pack, rounding="none").form
    failed = children_alike(form, 20, seed)
    place = int(item * len(form.items))
    failed.responses[:, place] = 0
    passed = replace(failed, responses=failed.responses.copy())
    passed.responses[:, place] = 1
    before, after = score(form, failed), score(form, passed)
    for name in ("ability", "z"):
        both = ~np.isnan(getattr(before, name)) & ~np.isnan(getattr(after, name))
        assert (getattr(after, name)[both] >= getattr(before, name)[both]).all(), name
    mine = [column for column, scale in enumerate(form.scales) if place in scale.columns]
    assert (after.ability[:, mine] > before.ability[:, mine]).all()


@each_pack
@some
@given(n=sizes, seed=seeds)
def test_an_interval_holds_its_score_and_narrows_with_its_level(pack: str, n: int, seed: int) -> None:
    levels = [scorer(pack, ci_level=level).form for level in (0.5, 0.9, 0.99)]
    batch = random_batch(levels[0], n, seed)
    narrow, usual, wide = (score(form, batch) for form in levels)
    for column, scale in enumerate(levels[0].scales):
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
