"""A scale ready to score: its columns of points, the scales it is made of, and everything its method needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.irt import IrtForm, JointForm, JointPlace, irt_form, model_of, named_table
from otscore.compile.items import ItemForms, PointRanges, columns_of, point_ranges
from otscore.compile.norms import NormForm, compile_norm
from otscore.compile.options import Options
from otscore.compile.rows import RowFinder
from otscore.compile.runs import RunForm, run_form
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack import Pack
from otscore.pack.items import member_items
from otscore.pack.table import Table
from otscore.schema import Scale
from otscore.schema.irt import RaschEap
from otscore.schema.scale import OF_ANSWERS, OF_SCORES, Verdict

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class GradeForm:
    """Thresholds by age: (g, k, c) and the code each threshold earns."""

    finder: RowFinder
    at_least: Floats
    codes: Floats
    lowest: float


@dataclass(frozen=True, slots=True)
class FilterForm:
    """A filter question: its column, the points that decide, and the raw score they give."""

    column: int
    points: Floats
    raw: float


@dataclass(frozen=True, slots=True)
class AdjustedForm:
    """(m, r) raw score by the number of items missing and the raw score of those answered, from ``first_raw`` on."""

    values: Floats
    first_raw: float


@dataclass(frozen=True, slots=True)
class VerdictForm:
    """A validity index, by position, and the numbers of its bands that count."""

    scale: int
    bands: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ScaleForm:
    """A scale ready to score.

    of_scores : made of derived scores of other scales; of_answers : a count of answers as such. least, most : (k,) what each of
    its items can earn. filled : (k,) what counts for a missing answer. points : ranges that turn
    the raw score into points. members, valid_with : positions of other scales; required : which members must be there;
    substitutes : position of a member -> positions of the scales that may take its place. coded : (k, c) codes of each item that
    are no answer, for a count of those.
    """

    scale: Scale
    columns: Places
    whole: bool
    of_scores: bool
    of_answers: bool
    min_answered: int
    n_items: int
    least: Floats
    most: Floats
    norm: NormForm | None = None
    weights: Floats | None = None
    heads: Places | None = None
    follow: Mapping[tuple[int, float], int] | None = None
    members: tuple[int, ...] = ()
    required: Places | None = None
    substitutes: Mapping[int, tuple[int, ...]] | None = None
    total: int | None = None
    error: int | None = None
    grade: GradeForm | None = None
    filled: Floats | None = None
    adjusted: AdjustedForm | None = None
    runs: RunForm | None = None
    points: PointRanges | None = None
    filter: FilterForm | None = None
    valid_with: int | None = None
    invalid_if: tuple[VerdictForm, ...] = ()
    doubtful_if: tuple[VerdictForm, ...] = ()
    irt: IrtForm | None = None
    coded: Floats | None = None


@dataclass(frozen=True, slots=True)
class ScaleBuilder:
    """What the scales of one form have in common while they are compiled. ``places``: position of each scale."""

    pack: Pack
    options: Options
    group: str
    columns: ItemForms
    places: Mapping[str, int]
    joint: Mapping[str, JointForm]

    def scale_form(self, scale: Scale, before: tuple[ScaleForm, ...]) -> ScaleForm:
        """The scale, after those that stand ``before`` it."""
        codes = list(member_items(self.pack, scale))
        columns = columns_of(codes, self.columns.index)
        n_items = self._n_items(scale, codes)
        return ScaleForm(
            scale=scale, columns=columns, of_scores=scale.raw in OF_SCORES, of_answers=scale.raw in OF_ANSWERS,
            whole=np.array_equal(columns, np.arange(len(self.columns.index))),
            min_answered=_min_answered(scale, n_items), n_items=n_items,
            least=self.columns.least[columns], most=self.columns.most[columns],
            weights=np.array(scale.weights) if scale.weights else None,
            runs=run_form(scale.runs, codes, self.pack) if scale.runs else None,
            points=point_ranges(self.pack, scale.points) if scale.points else None,
            irt=self._irt(scale, codes), norm=self._norm(scale),
            **self._members(scale), **self._answers(scale, codes, columns), **self._verdicts(scale, before),
        )  # fmt: skip

    def _members(self, scale: Scale) -> dict[str, Any]:
        members = tuple(self.places[name] for name in scale.scales)
        names = scale.scales or member_items(self.pack, scale)
        required = np.array([names.index(name) for name in scale.required], dtype=np.intp) if scale.required else None
        others = {scale.scales.index(name): tuple(self.places[other] for other in found) for name, found in scale.substitutes.items()}
        return {"members": members, "required": required, "substitutes": others or None}

    def _coded(self, columns: Places) -> Floats:
        """Codes of each item that are no answer, (k, c)."""
        own = {column: coding.missing for coding in self.columns.codings for column in coding.columns}
        codes = np.full((columns.size, max((found.size for found in own.values()), default=0)), np.nan)
        for place, column in enumerate(columns):
            found = own.get(column, np.empty(0))
            codes[place, : found.size] = found
        return codes

    def _answers(self, scale: Scale, codes: list[str], columns: Places) -> dict[str, Any]:
        """How answers become values of the scale, and what counts for those that are missing."""
        index = self.columns.index
        return {
            "total": index[scale.total] if scale.total else None,
            "error": index[scale.error] if scale.error else None,
            "grade": _grade(scale, codes, self.pack) if scale.grade else None,
            "filled": self._filled(scale, columns),
            "adjusted": _adjusted(named_table(self.pack, scale.adjusted)) if scale.adjusted else None,
            "filter": None if scale.filter is None
            else FilterForm(index[scale.filter.item], np.array(scale.filter.points), scale.filter.raw),
            "coded": self._coded(columns) if scale.raw == "n_coded_missing" else None,
            **(_branches(scale, index) if scale.branches else {}),
        }  # fmt: skip

    def _filled(self, scale: Scale, columns: Places) -> Floats | None:
        if scale.missing_as is None:
            return None
        by_item = {"lowest": self.columns.least, "median": self.columns.median}
        return by_item[scale.missing_as][columns] if isinstance(scale.missing_as, str) else np.full(columns.size, scale.missing_as)

    def _verdicts(self, scale: Scale, before: tuple[ScaleForm, ...]) -> dict[str, Any]:
        valid_with = None if scale.valid_with is None else self.places[scale.valid_with]
        found = {name: tuple(self._verdict(one, before) for one in getattr(scale, name)) for name in ("invalid_if", "doubtful_if")}
        return {"valid_with": valid_with} | found

    def _verdict(self, verdict: Verdict, before: tuple[ScaleForm, ...]) -> VerdictForm:
        place = self.places[verdict.scale]
        norm = before[place].norm
        labels = norm.labels if norm else ()
        return VerdictForm(place, np.array([labels.index(band) for band in verdict.bands if band in labels], dtype=np.int16))

    def _n_items(self, scale: Scale, codes: list[str]) -> int:
        if not scale.scales:
            return len(codes)
        members = [other for other in self.pack.instrument.scales if other.id in scale.scales]
        return sum(self._n_items(other, list(member_items(self.pack, other))) for other in members)

    def _irt(self, scale: Scale, codes: list[str]) -> IrtForm | None:
        if scale.raw != "irt":
            return None
        if scale.id in self.joint:
            model = model_of(self.pack, scale.id)
            return JointPlace(self.joint[scale.id], model.scales.index(scale.id))
        return irt_form(self.pack, scale.id, codes, self.options)

    def _norm(self, scale: Scale) -> NormForm | None:
        manifest = self.pack.manifest
        norm = next((norm for norm in manifest.norms if scale.id in norm.scales and norm.group == self.group), None)
        if norm is None or (self.options.logit and norm.measure == "ability" and isinstance(model_of(self.pack, scale.id), RaschEap)):
            return None
        return compile_norm(norm, scale.id, manifest, self.pack.tables, self.pack.psychometrics, self.options.ci_level)


def _min_answered(scale: Scale, n_items: int) -> int:
    """Fewest answers (for a score made of scales fewest scales, for pairs fewest complete pairs) that give a score."""
    if scale.min_answered is not None:
        return scale.min_answered
    free = scale.max_missing is not None or scale.missing_as is not None or scale.adjusted is not None or scale.raw == "irt"
    free = free or scale.administration == "window" or scale.runs is not None or (scale.raw in OF_ANSWERS and not scale.pairs)
    return 1 if free else len(scale.scales) or len(scale.pairs) or n_items


def _branches(scale: Scale, index: Mapping[str, int]) -> dict[str, Any]:
    heads = np.array([index[branch.item] for branch in scale.branches], dtype=np.intp)
    follow = {(index[branch.item], float(answer)): index[item] for branch in scale.branches for answer, item in branch.then.items()}  # fmt: skip
    return {"heads": heads, "follow": follow}


def _grade(scale: Scale, codes: list[str], pack: Pack) -> GradeForm:
    assert scale.grade is not None
    table = named_table(pack, scale.grade.table)
    low, high, threshold = table.numbers("age_from"), table.numbers("age_to"), table.numbers("at_least", blank=np.nan)
    code = table.numbers("code")
    edges = np.unique(np.concatenate([low, high]))  # no threshold changes between two edges, whatever an item's bands
    starts, stops = edges[:-1], edges[1:]
    levels = np.unique(code)
    at_least = np.full((starts.size, len(codes), levels.size), np.nan)
    for line, item in enumerate(table.text("item")):
        if item in codes:
            within = (starts >= low[line]) & (stops <= high[line])
            at_least[within, codes.index(item), np.searchsorted(levels, code[line])] = threshold[line]
    used = ~np.isnan(at_least).all(axis=(1, 2))
    bands = Bands(starts[used], stops[used], np.arange(int(used.sum())))
    return GradeForm(RowFinder(StratumKey((), ()), {0: bands}, by_age=True), at_least[used], levels, scale.grade.lowest)


def _adjusted(table: Table) -> AdjustedForm:
    found, missing, value = (table.numbers(name) for name in ("raw", "missing", "adjusted"))
    first = found.min()
    values = np.full((int(missing.max()) + 1, int(found.max() - first) + 1), np.nan)
    values[missing.astype(np.intp), (found - first).astype(np.intp)] = value
    return AdjustedForm(values, float(first))
