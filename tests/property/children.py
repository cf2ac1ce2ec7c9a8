"""Random children for any pack: legal answers (some missing, some refused), ages over and beyond the norms, strata."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numpy.typing import NDArray

import otscore
from otscore.batch import ARRAY_NAMES, Batch, ScaleArrays
from otscore.compile import Form
from otscore.compile.rows import RowFinder
from otscore.schema import OptionSet

Floats = NDArray[np.float64]

BASES = Path(__file__).parents[1] / "bad_packs" / "base"
PACKS = [pack.name for pack in otscore.packs() if pack.status != "template"] + sorted(f"invented:{place.name}" for place in BASES.iterdir())
"""Every pack that is installed, and the invented ones, which hold every mechanism."""

DAYS = {"days": 1.0, "months": 30.4375, "years": 365.25}
SHARES_ANSWERED = np.array([0.0, 0.03, 0.3, 0.8, 1.0])
SHARE_OF_MISSING_CODES = 0.05

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 40)


@cache
def scorer(pack: str, **options: Any) -> otscore.Scorer:
    """The pack with all its scales."""
    kind, _, name = pack.rpartition(":")
    place = {"path": BASES / name / "1"} if kind else {"name": pack}
    return otscore.Scorer.load(**place, **({"scales": "all"} | options))


@cache
def age_edges(form: Form) -> Floats:
    """Every age at which something in the pack changes: norm rows, curves, grades, priors, items, in its unit; rising."""
    rule = form.pack.manifest.age
    found: list[Any] = [[rule.from_, rule.below]]
    for scale in form.scales:
        if scale.norm is not None:
            found += [nodes for nodes, _ in getattr(scale.norm.arrays, "nodes", {}).values()]
            found += _band_ends(scale.norm.finder)
            for precision in (scale.norm.precision, scale.norm.reliability):
                found += [] if precision is None else _band_ends(precision.finder)
        if scale.grade is not None:
            found += _band_ends(scale.grade.finder)
        prior = getattr(scale.irt, "prior", None)
        found += [getattr(prior, "upto", []), [getattr(prior, "age_from", np.nan)]]
    found += form.item_ages or ()
    ages = np.concatenate([np.array([np.nan if age is None else age for age in part], dtype=np.float64) for part in found])
    return np.unique(ages[np.isfinite(ages)])


def _band_ends(finder: RowFinder | None) -> list[Floats]:
    return [] if finder is None or not finder.by_age else [end for bands in finder.bands.values() for end in (bands.starts, bands.stops)]


@cache
def age_range(form: Form) -> tuple[float, float]:
    """Youngest and oldest age that anything in the pack speaks of, in its unit."""
    rule, edges = form.pack.manifest.age, age_edges(form)
    edges = edges if edges.size > 1 else np.array([0.0, 5.0])
    low = edges[0] if rule.from_ is None else rule.from_
    high = edges[-1] if rule.below is None else rule.below
    return float(low), float(high)


def random_batch(form: Form, n: int, seed: int) -> Batch:
    """``n`` children. What is drawn depends on the seed alone (a failing seed is all that is needed to see it again)."""
    rng = np.random.default_rng(seed)
    answers = random_answers(form, n, rng)
    missing = rng.random(answers.shape) >= rng.choice(SHARES_ANSWERED, n)[:, None]
    missing |= outside_a_window(answers.shape, rng)
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


def outside_a_window(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.bool_]:
    """For a third of the children everything but a run of neighbouring items: a test that begins and ends somewhere."""
    n, k = shape
    ends = np.sort(rng.integers(0, k + 1, (n, 2)), axis=1)
    place = np.arange(k)
    outside = (place < ends[:, :1]) | (place >= ends[:, 1:])
    return outside & (rng.random(n) < 0.33)[:, None]


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
        codes = random_measurements(options, draw, rng) if options.range else np.array(sorted(options.legal))[(draw * len(options.legal)).astype(np.intp)]
        if options.missing:
            no_answer = rng.choice([*map(float, options.missing)], codes.shape)
            codes = np.where(rng.random(codes.shape) < SHARE_OF_MISSING_CODES, no_answer, codes)
        answers[:, columns] = codes
    return answers


def random_measurements(options: OptionSet, draw: Floats, rng: np.random.Generator) -> Floats:
    """Values of a range, rounded to 0, 1 or 2 decimals or not at all; sometimes one of its two ends."""
    assert options.range is not None
    low, high = options.range
    value = low + draw * (high - low)
    kinds = np.stack([np.round(value), np.round(value, 1), np.round(value, 2), value, np.full(draw.shape, low), np.full(draw.shape, high)])
    kind = rng.choice(6, draw.shape, p=[0.35, 0.35, 0.1, 0.14, 0.03, 0.03])
    return np.clip(np.take_along_axis(kinds, kind[None], axis=0)[0], low, high)


def random_ages(form: Form, n: int, rng: np.random.Generator) -> Floats:
    """Ages within the norms and somewhat beyond; a third of them where something changes, or just before or after it."""
    low, high = age_range(form)
    span = high - low
    edges = np.append(age_edges(form), [low, high, np.floor(high), np.nan, high + 1e-9])
    chosen = rng.choice(edges, n)
    beside = np.choose(rng.integers(0, 3, n), [chosen, np.nextafter(chosen, -np.inf), np.nextafter(chosen, np.inf)])
    return np.where(rng.random(n) < 0.33, beside, rng.uniform(low - 0.2 * span, high + 0.2 * span, n))


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


def as_frame(form: Form, batch: Batch, *, further_names: bool = False) -> pd.DataFrame:
    """The children as a table: an answer in words where there is one for it (for every other item, and where a pack takes no
    numbers), strata by their names; with ``further_names`` items by another name they have.
    """
    columns: dict[str, Any] = {"id": np.arange(len(batch)), f"age_{form.pack.manifest.age.unit}": batch.age}
    for name in form.strata:
        values = np.array([*form.pack.manifest.strata[name].values, ""], dtype=object)
        columns[name] = values[np.where(np.isnan(batch.strata[name]), -1, batch.strata[name]).astype(np.intp)]
    aliases = {item.code: item.aliases for item in form.pack.items}
    for place, (item, options) in enumerate(zip(form.items, form.option_sets, strict=True)):
        answers = batch.responses[:, place]
        column = aliases[item][-1] if further_names and aliases[item] else item
        if options.labels and (options.labels_only or place % 2):
            word = {code: label for label, code in options.labels.items()}
            columns[column] = [None if np.isnan(answer) else word.get(answer, answer) for answer in answers.tolist()]
        else:
            columns[column] = answers
    return pd.DataFrame(columns)


def as_record(form: Form, cells: dict[Any, Any]) -> dict[str, Any]:
    """A row of :func:`as_frame` as a record: what is empty is left out."""
    said = {str(name): value for name, value in cells.items() if not pd.isna(value) and value != ""}
    responses = {name: said.pop(name) for name in list(said) if name in form.index}
    return said | {"responses": responses}


def extreme_answers(form: Form, place: int) -> tuple[float, float]:
    """The answers to an item that earn the fewest and the most points."""
    coding = next(coding for coding in form.codings if place in coding.columns)
    return float(coding.legal[coding.points.argmin()]), float(coding.legal[coding.points.argmax()])


def counts_at(form: Form, place: int, age: float) -> bool:
    """Whether an item belongs to the form of an age."""
    return form.item_ages is None or bool(form.item_ages[0][place] <= age < form.item_ages[1][place])
