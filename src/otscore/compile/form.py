"""A pack and the user's options become a :class:`Form`: item positions, codings, scales, composites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.irt import (
    IrtForm,
    JointForm,
    JointPlace,
    irt_form,
    item_table,
    joint_form,
    model_of,
    named_table,
)
from otscore.compile.norms import NormForm, compile_norm
from otscore.compile.options import Options
from otscore.compile.rows import RowFinder
from otscore.compile.runs import RunForm, run_form
from otscore.errors import Issue, PackInvalid, UsageError
from otscore.kernel.levels import BandCount, LevelRule
from otscore.kernel.recode import Coding
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack import Item, Pack
from otscore.pack.items import member_items
from otscore.pack.layout import edges
from otscore.schema import Composite, OptionSet, Scale
from otscore.schema.irt import JointMap, RaschEap

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
class ScaleForm:
    """A scale ready to score: its response columns and everything its method needs.

    most : what each item can earn, for items asked in a window or in runs. points : (r,) starts, stops and points of the half-open
    ranges that turn the raw score into points. members, valid_with : positions of other scales.
    """

    scale: Scale
    columns: Places
    whole: bool
    min_answered: int
    weights: Floats | None = None
    heads: Places | None = None
    follow: Mapping[tuple[int, float], int] | None = None
    members: tuple[int, ...] = ()
    grade: GradeForm | None = None
    most: Floats | None = None
    runs: RunForm | None = None
    points: tuple[Floats, Floats, Floats] | None = None
    filter: FilterForm | None = None
    valid_with: int | None = None
    irt: IrtForm | None = None
    norm: NormForm | None = None
    n_items: int = 0


@dataclass(frozen=True, slots=True)
class CompositeForm:
    """A composite ready to score: positions of its members and rules over their band numbers."""

    composite: Composite
    members: Places
    rules: tuple[LevelRule, ...]


@dataclass(frozen=True, eq=False)
class Form:
    """Everything the engine and the intake need of a pack, for the scales and options chosen.

    reported : positions of the scales that are results; the others are steps on the way to them. item_ages : (k,) age from
    which and below which each item counts, None where all always do.
    """

    pack: Pack
    options: Options
    group: str
    items: tuple[str, ...]
    option_sets: tuple[OptionSet, ...]
    codings: tuple[Coding, ...]
    scales: tuple[ScaleForm, ...]
    reported: tuple[int, ...]
    composites: tuple[CompositeForm, ...]
    strata: tuple[str, ...]
    joint: tuple[JointForm, ...] = ()
    item_ages: tuple[Floats, Floats] | None = None

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each item."""
        return {code: place for place, code in enumerate(self.items)}

    @cached_property
    def known_items(self) -> frozenset[str]:
        """Every item of the instrument, also those this edition does not score."""
        return frozenset(item.code for item in self.pack.items)

    @cached_property
    def code_in_any_case(self) -> dict[str, str]:
        """Item code or alias in lower case -> item code; empty where it would stand for two."""
        codes: dict[str, str] = {}
        names = [(name, item.code) for item in self.pack.items for name in (item.code, *item.aliases)]
        for name, code in names:
            codes[name.casefold()] = code if codes.get(name.casefold(), code) == code else ""
        return codes

    @cached_property
    def results(self) -> tuple[ScaleForm, ...]:
        """The scales that are reported, in order."""
        return tuple(self.scales[place] for place in self.reported)

    @cached_property
    def result_ids(self) -> tuple[str, ...]:
        """Ids of the results, in order: scales, then composites."""
        return tuple(form.scale.id for form in self.results) + tuple(form.composite.id for form in self.composites)

    @cached_property
    def band_labels(self) -> tuple[tuple[str, ...], ...]:
        """Names of the bands of each result, in the order of their numbers."""
        scales = tuple(form.norm.labels if form.norm else () for form in self.results)
        return scales + tuple(tuple(level.band for level in form.composite.levels) for form in self.composites)


def compile_form(pack: Pack, options: Options) -> Form:
    """Compile ``pack`` for the scales and options asked for.

    Raises UsageError for a scale or norm group the pack does not have, PackInvalid where the pack contradicts itself.
    """
    group = _group(pack, options)
    scales = _chosen(pack, options)
    wanted = {code for scale in scales for code in _needed_items(scale, pack)}
    items = tuple(item for item in pack.items if item.code in wanted)
    index = {item.code: place for place, item in enumerate(items)}
    missing = sorted(wanted - set(index))
    if missing:
        message = f"scales name items that items.csv does not have: {', '.join(missing[:5])}"
        hint = "Correct the code, or add a line to items.csv"
        raise PackInvalid(Issue("item_unknown", message, hint, "instrument.toml"))
    places = {scale.id: place for place, scale in enumerate(scales)}
    codings = _codings(items, pack)
    joint = _joint(scales, pack, index)
    builder = _Builder(pack, options, group, index, places, joint, _most(codings, len(items)))
    forms = tuple(builder.scale_form(scale) for scale in scales)
    reported = tuple(place for place, scale in enumerate(scales) if scale.use != "step")
    return Form(
        pack=pack, options=options, group=group,
        items=tuple(item.code for item in items),
        option_sets=tuple(pack.instrument.options[item.options] for item in items),
        codings=codings, scales=forms,
        reported=reported,
        composites=_composites(pack, options, tuple(forms[place] for place in reported)),
        strata=_strata(forms), joint=tuple(dict.fromkeys(joint.values())), item_ages=_item_ages(items),
    )  # fmt: skip


def _group(pack: Pack, options: Options) -> str:
    groups = [group.id for group in pack.manifest.norm_groups]
    group = options.norm_group or pack.manifest.default_group
    if group not in groups:
        raise UsageError(Issue("norm_group", f"{pack.name} has no norm group {group}", f"It has: {', '.join(groups)}"))
    return group


def _chosen(pack: Pack, options: Options) -> list[Scale]:
    scales = pack.instrument.scales
    if options.scales is None:
        asked = {scale.id for scale in scales if scale.use == "standard"}
    elif options.scales == "all":
        asked = {scale.id for scale in scales if scale.use != "step"}
    else:
        asked = set(options.scales)
    known = {scale.id for scale in scales if scale.use != "step"} | {composite.id for composite in pack.instrument.composites}
    if unknown := sorted(asked - known):
        hint = f"It has: {', '.join(sorted(known))}"
        raise UsageError(Issue("scale_unknown", f"{pack.name} has no scale {', '.join(unknown)}", hint))
    for composite in pack.instrument.composites:
        if composite.id in asked:
            asked |= set(composite.members)
    for scale in reversed(scales):  # a scale stands after those it is made of
        if scale.id in asked:
            asked |= {*scale.scales, *filter(None, (scale.valid_with,))}
    return [scale for scale in scales if scale.id in asked]


def _needed_items(scale: Scale, pack: Pack) -> set[str]:
    """The items of a scale, its filter question, and for one ability of a joint model the items of the others."""
    needed = set(member_items(pack, scale)) | ({scale.filter.item} if scale.filter else set())
    if scale.raw == "irt" and isinstance(model := model_of(pack, scale.id), JointMap):
        needed |= set(item_table(pack, model).text("item"))
    return needed


def _joint(scales: list[Scale], pack: Pack, index: Mapping[str, int]) -> dict[str, JointForm]:
    """The joint model of each scale that has one; scales of one model share it."""
    forms: dict[str, JointForm] = {}
    for scale in scales:
        if scale.raw == "irt" and scale.id not in forms and isinstance(model := model_of(pack, scale.id), JointMap):
            forms |= dict.fromkeys(model.scales, joint_form(pack, model, index))
    return {scale.id: forms[scale.id] for scale in scales if scale.id in forms}


def _strata(forms: tuple[ScaleForm, ...]) -> tuple[str, ...]:
    """The strata that norms or priors of the scales need."""
    by_norm = {name for form in forms if form.norm for name in form.norm.norm.strata}
    return tuple(sorted(by_norm | {shift.stratum for form in forms for shift in getattr(form.irt, "shifts", ())}))


def _item_ages(items: tuple[Item, ...]) -> tuple[Floats, Floats] | None:
    start, stop = (np.array([getattr(item, name) for item in items]) for name in ("age_from", "age_to"))
    return (start, stop) if np.isfinite(start).any() or np.isfinite(stop).any() else None


def _most(codings: tuple[Coding, ...], n_items: int) -> Floats:
    """What each item can earn at most, (k,)."""
    most = np.zeros(n_items)
    for coding in codings:
        most[coding.columns] = coding.points.max()
    return most


def _codings(items: tuple[Item, ...], pack: Pack) -> tuple[Coding, ...]:
    kinds: dict[tuple[str, bool], list[int]] = {}
    for place, item in enumerate(items):
        kinds.setdefault((item.options, item.reverse), []).append(place)
    return tuple(_coding(pack.instrument.options[name], reverse, columns) for (name, reverse), columns in kinds.items())


def _coding(options: OptionSet, reverse: bool, columns: list[int]) -> Coding:
    legal = np.array(options.legal if options.range is None else options.range, dtype=np.float64)
    points = np.array(options.worth() if options.range is None else options.range, dtype=np.float64)
    order = np.argsort(legal, kind="stable")
    points = points.min() + points.max() - points if reverse else points
    counted = np.nan if options.missing_points is None else options.missing_points
    identity = not options.missing and bool(np.array_equal(legal[order], points[order]))
    missing = np.array(sorted(float(code) for code in options.missing))
    is_range = options.range is not None
    return Coding(np.array(columns, dtype=np.intp), legal[order], points[order], is_range, missing, counted, identity)


@dataclass(frozen=True, slots=True)
class _Builder:
    """What the scales of one form have in common while they are compiled."""

    pack: Pack
    options: Options
    group: str
    index: Mapping[str, int]
    places: Mapping[str, int]
    joint: Mapping[str, JointForm]
    most: Floats

    def scale_form(self, scale: Scale) -> ScaleForm:
        codes = list(member_items(self.pack, scale))
        columns = np.array([self.index[code] for code in codes], dtype=np.intp)
        branch: dict[str, Any] = _branches(scale, self.index) if scale.branches else {}
        n_items = self._n_items(scale, codes)
        return ScaleForm(
            scale=scale, columns=columns,
            whole=np.array_equal(columns, np.arange(len(self.index))),
            min_answered=_min_answered(scale, n_items),
            weights=np.array(scale.weights) if scale.weights else None,
            members=tuple(self.places[name] for name in scale.scales),
            grade=_grade(scale, codes, self.pack) if scale.grade else None,
            most=self.most[columns] if scale.administration == "window" or scale.runs else None,
            runs=run_form(scale.runs, codes, self.pack) if scale.runs else None,
            points=_points(scale, self.pack),
            filter=None if scale.filter is None
            else FilterForm(self.index[scale.filter.item], np.array(scale.filter.points), scale.filter.raw),
            valid_with=None if scale.valid_with is None else self.places[scale.valid_with],
            irt=self._irt(scale, codes), norm=self._norm(scale), n_items=n_items, **branch,
        )  # fmt: skip

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
    """Fewest answers (or, for a score made of scales, fewest scales) that give a score."""
    if scale.min_answered is not None:
        return scale.min_answered
    free = scale.max_missing is not None or scale.missing_as is not None or scale.raw == "irt"
    free = free or scale.administration == "window" or scale.runs is not None
    return 1 if free else len(scale.scales) or n_items


def _points(scale: Scale, pack: Pack) -> tuple[Floats, Floats, Floats] | None:
    if scale.points is None:
        return None
    table = named_table(pack, scale.points)
    start, stop = edges(table)
    order = np.argsort(start, kind="stable")
    return start[order], stop[order], table.numbers("points")[order]


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


def _composites(pack: Pack, options: Options, forms: tuple[ScaleForm, ...]) -> tuple[CompositeForm, ...]:
    """The composites asked for; ``forms`` are the scales that are reported."""
    columns = {form.scale.id: place for place, form in enumerate(forms)}
    chosen = []
    for composite in pack.instrument.composites:
        named = options.scales not in (None, "all") and composite.id not in (options.scales or ())
        research = options.scales is None and composite.use == "research"
        if not named and not research:
            members = np.array([columns[name] for name in composite.members], dtype=np.intp)
            chosen.append(CompositeForm(composite, members, _rules(composite, forms, members)))
    return tuple(chosen)


def _rules(composite: Composite, forms: tuple[ScaleForm, ...], members: Places) -> tuple[LevelRule, ...]:
    labels = [form.norm.labels if form.norm else () for form in (forms[place] for place in members)]

    def numbers(band: str) -> NDArray[np.int16]:
        """Number of the band in each member; -2 (no child has it) in a member without that band."""
        return np.array([names.index(band) if band in names else -2 for names in labels], dtype=np.int16)

    return tuple(
        LevelRule(
            tuple(
                BandCount(numbers(count.band), count.at_least, len(labels) if count.at_most is None else count.at_most)
                for count in level.when
            ),
            level.needs_all,
        )
        for level in composite.levels
    )
