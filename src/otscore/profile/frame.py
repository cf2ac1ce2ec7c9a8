"""Scores as DataFrames: the long table (a row per child and scale) and the wide one (a row per child)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from otscore.batch import Children, ScaleArrays, Stamp
from otscore.codes import STATUS_NAMES, flag_names
from otscore.compile import Form
from otscore.errors import Issue
from otscore.kernel.base_rates import printed_rate
from otscore.profile.build import Part

LONG_COLUMNS = (
    "id", "instrument", "pack", "pack_version", "scale", "domain", "informant", "age_days", "age_basis", "n_items",
    "n_answered", "raw", "ability", "sem", "score", "metric", "z", "percentile", "ci_low", "ci_high", "ci_level", "band",
    "status", "flags",
)  # fmt: skip
NUMBERS = ("raw", "ability", "sem", "score", "z", "percentile", "ci_low", "ci_high")
WIDE_VALUES = ("raw", "ability", "sem", "score", "band", "status")


def long_frame(form: Form, arrays: ScaleArrays, children: Children, stamp: Stamp) -> pd.DataFrame:
    """A row per child and scale, children in input order, scales in the order of the pack; nobody is dropped.

    Age is the one the norms were read at, in days: corrected for prematurity where ``age_basis`` says so.
    """
    n, s = len(children), len(form.result_ids)
    described = _descriptions(form)
    age = np.where(children.corrected, children.corrected_age_days, children.age_days)
    columns: dict[str, Any] = {
        "id": np.repeat(np.asarray(children.ids), s) if s > 1 else np.asarray(children.ids),
        "instrument": _constant(stamp.instrument, n * s),
        "pack": _constant(stamp.pack, n * s),
        "pack_version": _constant(stamp.pack_version, n * s),
        "scale": _cycled(form.result_ids, n),
        "domain": _cycled([row["domain"] for row in described], n),
        "informant": _informants(children.informants, n, s),
        "age_days": np.repeat(age, s),
        "age_basis": _categories(np.repeat(children.corrected.astype(np.int8), s), ("chronological", "corrected")),
        "n_items": np.tile([row["n_items"] for row in described], n),
        "n_answered": arrays.n_answered.reshape(-1),
    }
    numbers = {name: getattr(arrays, name).reshape(-1) for name in NUMBERS}
    words = {
        "metric": _cycled([row["metric"] for row in described], n),
        "ci_level": np.where(np.isnan(numbers["ci_low"]), np.nan, np.tile([row["ci_level"] for row in described], n)),
        "band": _bands(form, arrays),
        "status": _categories(arrays.status.reshape(-1), STATUS_NAMES),
        "flags": _flags(arrays),
    }
    columns |= numbers | words
    return pd.DataFrame({name: columns[name] for name in LONG_COLUMNS}, copy=False)


def wide_frame(form: Form, arrays: ScaleArrays, children: Children, stamp: Stamp) -> pd.DataFrame:
    """A row per child; columns ``<scale>_raw``, ``_score`` and so on, without those that are empty for the scale."""
    columns: dict[str, Any] = {"id": np.asarray(children.ids), "age_days": children.age_days}
    for place, scale in enumerate(form.result_ids):
        labels = form.band_labels[place]
        for name in WIDE_VALUES:
            values = getattr(arrays, name)[:, place]
            if name == "status":
                columns[f"{scale}_status"] = _categories(values, STATUS_NAMES)
            elif name == "band":
                if labels:
                    columns[f"{scale}_band"] = _met(form, _categories(values, labels))
            elif name in _told(form, place):
                columns[f"{scale}_{name}"] = values
    return pd.DataFrame(columns, copy=False)


def _told(form: Form, place: int) -> frozenset[str]:
    """The numbers that a result can have: those of its scale, whatever the children at hand have."""
    if place >= len(form.results):
        return frozenset()
    scale = form.results[place]
    names = {"raw"} | ({"ability", "sem"} if scale.irt else set())
    return frozenset(names | ({"score"} if scale.norm and scale.norm.norm.metric != "none" else set()))


def joined(frames: Sequence[pd.DataFrame], n: int) -> pd.DataFrame:
    """Long frames of several packs over the same children, put in order of the children."""
    if len(frames) == 1:
        return frames[0]
    child = np.concatenate([np.repeat(np.arange(n), len(frame) // max(n, 1)) for frame in frames])
    return pd.concat(_aligned(frames), ignore_index=True).iloc[np.argsort(child, kind="stable")].reset_index(drop=True)


def widened(frames: Sequence[pd.DataFrame], packs: Sequence[str]) -> pd.DataFrame:
    """Wide frames side by side; with several packs a column carries the name of its pack."""
    if len(frames) == 1:
        return frames[0]
    own = [frame.drop(columns=["id", "age_days"]).add_prefix(f"{pack}_") for frame, pack in zip(frames, packs, strict=True)]
    return pd.concat([frames[0][["id", "age_days"]], *own], axis=1)


def issue_frame(issues: Sequence[Issue]) -> pd.DataFrame:
    """The issues as a table: code, source, row, field, count, message, hint."""
    names = ("code", "source", "row", "field", "count", "message", "hint")
    return pd.DataFrame({name: [getattr(issue, name) for issue in issues] for name in names}, columns=list(names))


TRACE_COLUMNS = ("pack", "scale", "item", "given", "points", "counted", "how", "raw", "score", "status", "flags")


def trace_frame(traces: Sequence[tuple[str, Any]]) -> pd.DataFrame:
    """A row per line of every scale's trace; ``traces``: pack and trace of each scale."""
    rows = [
        (pack, one.scale, line.item, line.given, line.points, line.counted, line.how, one.raw, one.score, one.status, one.flags)
        for pack, one in traces for line in one.lines
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TRACE_COLUMNS))


CONTRAST_COLUMNS = (
    "id", "pack", "comparison", "kind", "scale", "other", "difference", "level", "critical", "significant", "base_rate",
)  # fmt: skip


def contrast_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """A row per child and comparison, children in input order; those between informants need a second table."""
    frames = [_contrasts(part, part.arrays.contrasts.difference) for part in parts if part.arrays.contrasts is not None]
    frames = [frame[frame["kind"] != "informants"] for frame in frames]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(CONTRAST_COLUMNS))


def _contrasts(part: Part, difference: Any) -> pd.DataFrame:
    """The comparisons of one pack with these differences, (n, p)."""
    pairs, names, arrays = part.form.pairs, part.form.result_ids, part.arrays.contrasts
    n = len(part.children)
    columns: dict[str, Any] = {"id": np.repeat(np.asarray(part.children.ids), len(pairs)), "pack": part.stamp.pack}
    words = {
        "comparison": [form.comparison.id for form, _ in pairs],
        "kind": [form.comparison.kind for form, _ in pairs],
        "scale": [names[pair.scale] for _, pair in pairs],
        "other": [names[pair.other] if pair.other >= 0 else "" for _, pair in pairs],
        "level": [form.comparison.level for form, _ in pairs],
    }
    columns |= {name: np.tile(np.array(values), n) for name, values in words.items()}
    assert arrays is not None
    columns |= {"difference": difference.reshape(-1), "critical": arrays.critical.reshape(-1), "base_rate": arrays.base_rate.reshape(-1)}
    known = ~(np.isnan(columns["difference"]) | np.isnan(columns["critical"]))
    significant = pd.array(np.abs(columns["difference"]) >= columns["critical"], dtype="boolean")
    significant[~known] = pd.NA
    return pd.DataFrame(columns | {"significant": significant})[list(CONTRAST_COLUMNS)]


def informant_frame(compared: Sequence[tuple[Part, Part]]) -> pd.DataFrame:
    """Each score less that of the other informant, for every scale that the packs compare between informants."""
    return pd.concat([_between(part, other) for part, other in compared], ignore_index=True)


def _between(part: Part, other: Part) -> pd.DataFrame:
    theirs = other.arrays.contrasts
    assert part.arrays.contrasts is not None
    assert theirs is not None
    difference = np.full(part.arrays.contrasts.difference.shape, np.nan)
    rate, critical = part.arrays.contrasts.base_rate.copy(), part.arrays.contrasts.critical.copy()
    for column, (form, pair) in enumerate(part.form.pairs):
        if form.comparison.kind == "informants":
            difference[:, column] = part.arrays.score[:, pair.scale] - other.arrays.score[:, pair.scale]
            rate[:, column] = printed_rate(difference[:, column], *pair.rates)
            if pair.critical is None:  # each is z sqrt(2) SEM of its own informant
                critical[:, column] = np.sqrt((np.square(critical[:, column]) + np.square(theirs.critical[:, column])) / 2.0)
    apart = replace(part.arrays, contrasts=replace(part.arrays.contrasts, base_rate=rate, critical=critical))
    frame = _contrasts(replace(part, arrays=apart), difference)
    return frame[frame["kind"] == "informants"]


CHANGE_COLUMNS = (
    "id", "pack", "scale", "measure", "before", "after", "change", "se", "index", "mdc90", "reliable", "flags", "reason",
)  # fmt: skip


def change_frame(changes: Sequence[tuple[Part, dict[str, Any]]]) -> pd.DataFrame:
    """A row per child and scale of every pack, of columns (n, s) each."""
    return pd.concat([_changes(part, columns) for part, columns in changes], ignore_index=True)


def _changes(part: Part, columns: dict[str, Any]) -> pd.DataFrame:
    n, s = columns["change"].shape
    names = {"id": np.repeat(np.asarray(part.children.ids), s), "pack": part.stamp.pack, "scale": np.tile(np.array(part.form.result_ids[:s]), n)}
    flat = {name: values.reshape(-1) for name, values in columns.items()}
    distinct, place = np.unique(flat["flags"], return_inverse=True)
    flat["flags"] = np.array([flag_names(int(value)) for value in distinct], dtype=object)[place]
    return pd.DataFrame(names | flat | {"reliable": pd.array(flat["reliable"], dtype="Int8")})[list(CHANGE_COLUMNS)]


def stamp_frame(stamps: Sequence[Stamp]) -> pd.DataFrame:
    """The stamps as a table: a row per pack; a window or a prior as text, notices a line each."""
    rows = [stamp.to_dict() for stamp in stamps]
    separators = {"relevance": ", ", "prior_without_age": ", ", "notices": "\n"}
    for row in rows:
        row |= {name: None if row[name] is None else mark.join(map(str, row[name])) for name, mark in separators.items()}
    return pd.DataFrame(rows)


def plain_frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows of plain data as a table."""
    return pd.DataFrame(list(rows))


def _descriptions(form: Form) -> list[dict[str, Any]]:
    rows = []
    for scale in form.results:
        norm = scale.norm.norm if scale.norm else None
        level = form.options.ci_level or (norm.interval.level if norm and norm.interval else np.nan)
        metric = norm.metric.value if norm and norm.metric != "none" else ""
        rows.append({"domain": scale.scale.domain.value, "n_items": scale.n_items, "metric": metric, "ci_level": level})
    for form_of in form.composites:
        composite = form_of.composite
        rows.append({"domain": composite.domain.value, "n_items": len(composite.members), "metric": "", "ci_level": np.nan})
    return rows


def _categorical(codes: Any, words: list[str]) -> Any:
    return pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=object))


def _categories(codes: Any, names: Sequence[str]) -> Any:
    distinct = list(dict.fromkeys(names))
    if len(distinct) != len(names):
        place = np.array([distinct.index(name) for name in names] + [-1])
        codes = place[codes]
    return _categorical(codes, distinct)


def _constant(word: str, n: int) -> Any:
    return _categorical(np.zeros(n, dtype=np.int8), [word])


def _cycled(words: Sequence[str], n: int) -> Any:
    distinct = list(dict.fromkeys(word for word in words if word))
    codes = [distinct.index(word) if word else -1 for word in words]
    return _categorical(np.tile(np.array(codes, dtype=np.int16), n), distinct)


def _informants(said: Any, n: int, s: int) -> Any:
    if isinstance(said, str):
        return _constant(said, n * s) if said else _categories(np.full(n * s, -1, dtype=np.int8), ("",))
    return np.repeat(np.asarray(said), s)


def _bands(form: Form, arrays: ScaleArrays) -> Any:
    distinct = list(dict.fromkeys(label for labels in form.band_labels for label in labels))
    codes = np.full(arrays.band.shape, -1, dtype=np.int16)
    for place, labels in enumerate(form.band_labels):
        if labels:
            number = np.array([distinct.index(label) for label in labels] + [-1], dtype=np.int16)
            codes[:, place] = number[arrays.band[:, place]]
    return _met(form, _categorical(codes.reshape(-1), distinct))


def _met(form: Form, bands: Any) -> Any:
    """The bands of a table with those words that a child has; all there are may be told unless the pack is private."""
    return bands.remove_unused_categories() if form.pack.private else bands


def _flags(arrays: ScaleArrays) -> Any:
    flags = arrays.flags.reshape(-1)
    if not flags.any():
        return _categories(np.full(flags.size, -1, dtype=np.int8), ("",))
    distinct, codes = np.unique(flags, return_inverse=True)
    names = [flag_names(int(value)) for value in distinct]
    return _categories(np.where(flags == 0, -1, codes), names)


def _aligned(frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The same categories in every frame, so that joining keeps them."""
    frames = [frame.copy(deep=False) for frame in frames]
    for name in LONG_COLUMNS:
        if all(isinstance(frame[name].dtype, pd.CategoricalDtype) for frame in frames):
            union = pd.api.types.union_categoricals([frame[name] for frame in frames]).categories
            for frame in frames:
                frame[name] = frame[name].cat.set_categories(union)
    return frames
