"""Random children for any pack: legal answers (some missing, some refused), ages over and beyond the norms, strata."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numpy.typing import NDArray

import otscore
from otscore.batch import ARRAY_NAMES, Batch, ScaleArrays
from otscore.compile import Form

Floats = NDArray[np.float64]

PACKS = [pack.name for pack in otscore.packs() if pack.status != "template"]
"""Every pack that is installed."""

DAYS = {"days": 1.0, "months": 30.4375, "years": 365.25}
SHARES_ANSWERED = np.array([0.0, 0.03, 0.3, 0.8, 1.0])

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 40)


@cache
def scorer(pack: str, **options: Any) -> otscore.Scorer:
    """The pack with all its scales."""
    return otscore.Scorer.load(pack, **({"scales": "all"} | options))


@cache
def age_range(form: Form) -> tuple[float, float]:
    """Youngest and oldest age that anything in the pack speaks of, in its unit."""
    rule = form.pack.manifest.age
    curves = [norm.curves for scale in form.scales if (norm := scale.norm) and norm.curves]
    ages = np.concatenate([nodes for curve in curves for nodes, _ in curve.values()] or [[0.0, 5.0]])
    low = ages.min() if rule.from_ is None else rule.from_
    high = ages.max() if rule.below is None else rule.below
    return float(low), float(high)


def random_batch(form: Form, n: int, seed: int) -> Batch:
    """``n`` children. What is drawn depends on the seed alone (a failing seed is all that is needed to see it again)."""
    rng = np.random.default_rng(seed)
    answers = random_answers(form, n, rng)
    missing = rng.random(answers.shape) >= rng.choice(SHARES_ANSWERED, n)[:, None]
    illegal = (rng.random(answers.shape) < rng.choice([0.0, 0.0, 0.01], n)[:, None]) & ~missing
    answers[missing | illegal] = np.nan
    age = random_ages(form, n, rng)
    invalid = rng.random(n) < 0.05
    age[invalid] = np.nan
    days = age * DAYS[form.pack.manifest.age.unit]
    return Batch(
        responses=answers, age=age, age_days=days, corrected_age_days=np.full(n, np.nan),
        strata={name: random_codes(len(form.pack.manifest.strata[name].values), n, rng) for name in form.strata},
        illegal=illegal if rng.random() < 0.7 else None, age_invalid=invalid,
        age_other=age + rng.choice([-1.0, 0.0, 1.0], n) if rng.random() < 0.5 else None,
    )  # fmt: skip


def children_alike(form: Form, n: int, seed: int) -> Batch:
    """``n`` children of one age within the norms and of one group, all answers legal."""
    rng = np.random.default_rng(seed)
    low, high = age_range(form)
    answers = random_answers(form, n, rng)
    answers[rng.random(answers.shape) >= rng.choice([0.03, 0.3, 0.8, 1.0], n)[:, None]] = np.nan
    age = np.full(n, rng.uniform(low, high))
    strata = {
        name: np.full(n, float(rng.integers(len(form.pack.manifest.strata[name].values)))) for name in form.strata
    }
    return Batch(answers, age, age * DAYS[form.pack.manifest.age.unit], np.full(n, np.nan), strata)


def random_answers(form: Form, n: int, rng: np.random.Generator) -> Floats:
    """(n, k) legal answers; children differ in how high they answer, so that scores spread."""
    able = rng.random((n, 1))
    answers = np.empty((n, len(form.items)))
    for options in {id(options): options for options in form.option_sets}.values():
        columns = [place for place, mine in enumerate(form.option_sets) if mine is options]
        draw = np.clip(rng.beta(2.0, 2.0, (n, len(columns))) * 0.6 + able * 0.7 - 0.15, 0.0, 0.999999)
        if options.range is not None:
            low, high = options.range
            answers[:, columns] = np.round(low + draw * (high - low), 1)
        else:
            codes = np.array([*sorted(options.legal), *map(float, options.missing)])
            place = (draw * len(options.legal)).astype(np.intp)
            place[rng.random(place.shape) < 0.05] = codes.size - 1
            answers[:, columns] = codes[place]
    return answers


def random_ages(form: Form, n: int, rng: np.random.Generator) -> Floats:
    low, high = age_range(form)
    span = high - low
    edges = np.array([low, np.nextafter(low, -9), high, np.nextafter(high, -9), high + 1e-9, np.floor(high), np.nan])
    return np.where(rng.random(n) < 0.25, rng.choice(edges, n), rng.uniform(low - 0.2 * span, high + 0.2 * span, n))


def random_codes(size: int, n: int, rng: np.random.Generator) -> Floats:
    return rng.choice([*map(float, range(size)), np.nan], n)


def take(batch: Batch, rows: NDArray[np.intp]) -> Batch:
    """The rows of a batch in the order named."""
    picked = {name: getattr(batch, name)[rows] for name in ("responses", "age", "age_days", "corrected_age_days")}
    masks = {name: getattr(batch, name) for name in ("illegal", "age_invalid", "age_other")}
    return replace(
        batch, **picked, strata={name: codes[rows] for name, codes in batch.strata.items()},
        **{name: None if mask is None else mask[rows] for name, mask in masks.items()},
    )  # fmt: skip


def assert_same_bits(part: ScaleArrays, whole: ScaleArrays, rows: Any) -> None:
    """Every array of ``part`` is, bit for bit, that of the rows of ``whole``."""
    for name in (*ARRAY_NAMES, "posterior"):
        mine, all_rows = getattr(part, name), getattr(whole, name)
        if all_rows is None:
            assert mine is None
        elif mine.tobytes() != np.ascontiguousarray(all_rows[rows]).tobytes():
            np.testing.assert_array_equal(mine, all_rows[rows], err_msg=name)  # says where
            raise AssertionError(f"{name}: equal, but for the sign of a zero or of a NaN")


def as_frame(form: Form, batch: Batch) -> pd.DataFrame:
    """The children as a table: answers by label where the pack takes no others, strata by their names."""
    columns: dict[str, Any] = {"id": np.arange(len(batch)), f"age_{form.pack.manifest.age.unit}": batch.age}
    for name in form.strata:
        values = np.array([*form.pack.manifest.strata[name].values, ""], dtype=object)
        columns[name] = values[np.where(np.isnan(batch.strata[name]), -1, batch.strata[name]).astype(np.intp)]
    for place, (item, options) in enumerate(zip(form.items, form.option_sets, strict=True)):
        answers = batch.responses[:, place]
        if options.labels_only:
            word = {code: label for label, code in options.labels.items()}
            columns[item] = [word.get(answer) for answer in answers.tolist()]
        else:
            columns[item] = answers
    return pd.DataFrame(columns)
