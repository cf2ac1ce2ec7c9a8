"""A pack and the user's options become a :class:`Form`: item positions, codings, scales, composites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.norms import NormForm, RowFinder, compile_norm
from otscore.compile.options import Options
from otscore.errors import Issue, PackInvalid, UsageError
from otscore.kernel.irt import AgePrior, RaschModel
from otscore.kernel.levels import BandCount, LevelRule
from otscore.kernel.recode import Coding
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack import Item, Pack, Table
from otscore.schema import Composite, OptionSet, Scale
from otscore.schema.manifest import Irt

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
class IrtForm:
    """A calibrated scale: model, prior, item order for the relevance window, rounding of the ability."""

    model: RaschModel
    prior: AgePrior
    prior_scale: tuple[float, float]
    order: Places
    decimals: int


@dataclass(frozen=True, slots=True)
class ScaleForm:
    """A scale ready to score: its response columns and everything its method needs."""

    scale: Scale
    columns: Places
    whole: bool
    min_answered: int
    weights: Floats | None = None
    heads: Places | None = None
    follow: Mapping[tuple[int, float], int] | None = None
    members: tuple[int, ...] = ()
    grade: GradeForm | None = None
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
    """Everything the engine and the intake need of a pack, for the scales and options chosen."""

    pack: Pack
    options: Options
    group: str
    items: tuple[str, ...]
    option_sets: tuple[OptionSet, ...]
    codings: tuple[Coding, ...]
    scales: tuple[ScaleForm, ...]
    composites: tuple[CompositeForm, ...]
    strata: tuple[str, ...]

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
        """Item code in lower case -> item code; empty where two codes differ in case only."""
        codes: dict[str, str] = {}
        for code in self.known_items:
            codes[code.casefold()] = "" if code.casefold() in codes else code
        return codes

    @cached_property
    def result_ids(self) -> tuple[str, ...]:
        """Ids of the results, in order: scales, then composites."""
        return tuple(form.scale.id for form in self.scales) + tuple(form.composite.id for form in self.composites)

    @cached_property
    def band_labels(self) -> tuple[tuple[str, ...], ...]:
        """Names of the bands of each result, in the order of their numbers."""
        scales = tuple(form.norm.labels if form.norm else () for form in self.scales)
        return scales + tuple(tuple(level.band for level in form.composite.levels) for form in self.composites)


def compile_form(pack: Pack, options: Options) -> Form:
    """Compile ``pack`` for the scales and options asked for.

    Raises UsageError for a scale or norm group the pack does not have, PackInvalid where the pack contradicts itself.
    """
    group = _group(pack, options)
    scales = _chosen(pack, options)
    wanted = {code for scale in scales for code in _item_codes(scale, pack)}
    items = tuple(item for item in pack.items if item.code in wanted)
    index = {item.code: place for place, item in enumerate(items)}
    missing = sorted(wanted - set(index))
    if missing:
        message = f"scales name items that items.csv does not have: {', '.join(missing[:5])}"
        raise PackInvalid(Issue("item_unknown", message, "", "instrument.toml"))
    places = {scale.id: place for place, scale in enumerate(scales)}
    codings = _codings(items, pack)
    forms = tuple(_scale_form(scale, pack, options, group, index, places) for scale in scales)
    return Form(
        pack=pack, options=options, group=group,
        items=tuple(item.code for item in items),
        option_sets=tuple(pack.instrument.options[item.options] for item in items),
        codings=codings, scales=forms,
        composites=_composites(pack, options, forms, places),
        strata=tuple(sorted({name for form in forms if form.norm for name in form.norm.norm.strata})),
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
        asked = {scale.id for scale in scales}
    else:
        asked = set(options.scales)
    known = {scale.id for scale in scales} | {composite.id for composite in pack.instrument.composites}
    if unknown := sorted(asked - known):
        hint = f"It has: {', '.join(sorted(known))}"
        raise UsageError(Issue("scale_unknown", f"{pack.name} has no scale {', '.join(unknown)}", hint))
    for composite in pack.instrument.composites:
        if composite.id in asked:
            asked |= set(composite.members)
    for scale in scales:
        if scale.id in asked:
            asked |= set(scale.scales)
    return [scale for scale in scales if scale.id in asked]


def _item_codes(scale: Scale, pack: Pack) -> list[str]:
    """Codes of the items of a scale, in the order of items.csv; for a calibrated scale those with a difficulty."""
    if scale.branches:
        return list(dict.fromkeys(code for branch in scale.branches for code in (branch.item, *branch.then.values())))
    if scale.items_domain is not None:
        codes = [item.code for item in pack.items if item.domain == scale.items_domain]
    elif scale.items == "all":
        codes = [item.code for item in pack.items]
    else:
        codes = list(scale.items)
    if scale.raw == "irt":
        calibrated = set(_difficulties(pack))
        codes = [code for code in codes if code in calibrated]
    return codes


def _irt(pack: Pack) -> Irt:
    if pack.manifest.irt is None:
        raise PackInvalid(Issue("irt_missing", "a scale has raw = \"irt\" but [irt] is missing", "", "pack.toml"))
    return pack.manifest.irt


def _difficulties(pack: Pack) -> dict[str, float]:
    table = _named_table(pack, _irt(pack).difficulties)
    return dict(zip(table.text("item"), table.numbers("tau").tolist(), strict=True))


def _named_table(pack: Pack, name: str) -> Table:
    if name not in pack.tables:
        raise PackInvalid(Issue("table_missing", "the table is named but not there", "", f"tables/{name}"))
    return pack.tables[name]


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


def _scale_form(
    scale: Scale, pack: Pack, options: Options, group: str, index: Mapping[str, int], places: Mapping[str, int]
) -> ScaleForm:  # fmt: skip
    codes = _item_codes(scale, pack)
    columns = np.array([index[code] for code in codes], dtype=np.intp)
    branch: dict[str, Any] = _branches(scale, index) if scale.branches else {}
    norm = next((norm for norm in pack.manifest.norms if scale.id in norm.scales and norm.group == group), None)
    without_norm = norm is None or (options.logit and norm.measure == "ability")
    sizes = {other.id: len(_item_codes(other, pack)) for other in pack.instrument.scales if other.id in scale.scales}
    n_items = sum(sizes.values()) if scale.scales else len(codes)
    return ScaleForm(
        scale=scale, columns=columns,
        whole=np.array_equal(columns, np.arange(len(index))),
        min_answered=n_items if scale.min_answered is None and scale.max_missing is None and scale.missing_as is None
        else scale.min_answered or 1,
        weights=np.array(scale.weights) if scale.weights else None,
        members=tuple(places[name] for name in scale.scales),
        grade=_grade(scale, codes, pack) if scale.grade else None,
        irt=_irt_form(codes, pack, options) if scale.raw == "irt" else None,
        norm=None if without_norm or norm is None
        else compile_norm(norm, scale.id, pack.manifest, pack.tables, pack.psychometrics, options.ci_level),
        n_items=n_items, **branch,
    )  # fmt: skip


def _branches(scale: Scale, index: Mapping[str, int]) -> dict[str, Any]:
    heads = np.array([index[branch.item] for branch in scale.branches], dtype=np.intp)
    follow = {(index[branch.item], float(answer)): index[item] for branch in scale.branches for answer, item in branch.then.items()}  # fmt: skip
    return {"heads": heads, "follow": follow}


def _grade(scale: Scale, codes: list[str], pack: Pack) -> GradeForm:
    assert scale.grade is not None
    table = _named_table(pack, scale.grade.table)
    low, high, threshold = table.numbers("age_from"), table.numbers("age_to"), table.numbers("at_least")
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


def _irt_form(codes: list[str], pack: Pack, options: Options) -> IrtForm:
    irt, all_difficulties = _irt(pack), _difficulties(pack)
    steps = round((irt.grid.to - irt.grid.from_) / irt.grid.by)
    grid = irt.grid.from_ + irt.grid.by * np.arange(steps + 1, dtype=np.float64)
    difficulties = np.array([all_difficulties[code] for code in codes])
    slope = 1.0 if options.historic_scale else irt.slope
    metric = (irt.intercept, irt.slope) if options.logit else (0.0, 1.0)
    model = RaschModel.build((difficulties - metric[0]) / metric[1], slope / metric[1], (grid - metric[0]) / metric[1])
    order = np.array(sorted(range(len(codes)), key=lambda place: codes[place]), dtype=np.intp)
    return IrtForm(model, _prior(irt), metric, order, irt.decimals)


def _prior(irt: Irt) -> AgePrior:
    segments = irt.prior.segments
    upto = np.array([np.inf if segment.upto is None else segment.upto for segment in segments])
    parts = {name: np.array([getattr(segment, name) for segment in segments]) for name in ("constant", "linear", "log", "shift")}
    age_from = -np.inf if irt.prior.age_from is None else irt.prior.age_from
    return AgePrior(upto=upto, **parts, age_from=age_from, sd=irt.prior.sd)


def _composites(
    pack: Pack, options: Options, forms: tuple[ScaleForm, ...], places: Mapping[str, int]
) -> tuple[CompositeForm, ...]:
    chosen = []
    for composite in pack.instrument.composites:
        named = options.scales not in (None, "all") and composite.id not in (options.scales or ())
        research = options.scales is None and composite.use == "research"
        if not named and not research:
            members = np.array([places[name] for name in composite.members], dtype=np.intp)
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
