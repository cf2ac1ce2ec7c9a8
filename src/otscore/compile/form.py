"""A pack and the user's options become a :class:`Form`: item positions, codings, scales, composites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.change import ChangeForm, change_forms
from otscore.compile.contrasts import ContrastForm, PairForm, contrast_forms
from otscore.compile.irt import JointForm, item_table, joint_form, model_of
from otscore.compile.items import DerivedForm, DerivedGroup, derived_groups, item_ages, item_forms
from otscore.compile.options import Options
from otscore.compile.scales import ScaleBuilder, ScaleForm
from otscore.errors import Issue, UsageError
from otscore.kernel.levels import BandCount, LevelRule
from otscore.kernel.recode import Coding
from otscore.pack import Pack
from otscore.pack.items import member_items
from otscore.schema import Composite, OptionSet, Scale
from otscore.schema.irt import JointMap

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CompositeForm:
    """A composite ready to score: positions of its members and rules over their band numbers."""

    composite: Composite
    members: Places
    rules: tuple[LevelRule, ...]


@dataclass(frozen=True, eq=False)
class Form:
    """Everything the engine and the intake need of a pack, for the scales and options chosen.

    items : the columns of responses; the points of items made of others follow them. reported : positions of the scales that
    are results; the others are steps on the way to them. item_ages : (k,) age from which and below which each item counts, None
    where all always do.
    """

    pack: Pack
    options: Options
    group: str
    items: tuple[str, ...]
    option_sets: tuple[OptionSet, ...]
    codings: tuple[Coding, ...]
    derived: tuple[DerivedForm, ...]
    scales: tuple[ScaleForm, ...]
    reported: tuple[int, ...]
    composites: tuple[CompositeForm, ...]
    contrasts: tuple[ContrastForm, ...]
    changes: tuple[ChangeForm, ...]
    strata: tuple[str, ...]
    joint: tuple[JointForm, ...] = ()
    item_ages: tuple[Floats, Floats] | None = None

    def __repr__(self) -> str:
        return f"Form({self.pack.name}, {', '.join(self.result_ids)})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Of a private pack no figure is pickled: it is read and compiled again."""
        return (compile_form, (self.pack, self.options)) if self.pack.private else super().__reduce_ex__(protocol)

    @cached_property
    def derived_groups(self) -> tuple[DerivedGroup, ...]:
        """The derived items, those made alike at once."""
        return derived_groups(self.derived, len(self.items))

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
    def pairs(self) -> tuple[tuple[ContrastForm, PairForm], ...]:
        """Every difference that the pack asks for, in the order of the arrays."""
        return tuple((form, pair) for form in self.contrasts for pair in form.pairs)

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
    columns = item_forms(pack, wanted)
    places = {scale.id: place for place, scale in enumerate(scales)}
    joint = _joint(scales, pack, columns.index)
    builder = ScaleBuilder(pack, options, group, columns, places, joint)
    forms: tuple[ScaleForm, ...] = ()
    for scale in scales:
        forms = (*forms, builder.scale_form(scale, forms))
    reported = tuple(place for place, scale in enumerate(scales) if scale.use != "step")
    results = [forms[place] for place in reported]
    contrasts, changes = contrast_forms(pack, results, group), change_forms(pack, results, group)
    return Form(
        pack=pack, options=options, group=group,
        items=tuple(item.code for item in columns.items),
        option_sets=tuple(pack.instrument.options[item.options] for item in columns.items),
        codings=columns.codings, derived=columns.derived, scales=forms, reported=reported,
        composites=_composites(pack, options, tuple(forms[place] for place in reported)),
        contrasts=contrasts, changes=changes,
        strata=_strata(pack, forms, columns.derived, contrasts, changes), joint=tuple(dict.fromkeys(joint.values())), item_ages=item_ages(columns.items),
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
        if not asked and all(composite.use == "research" for composite in pack.instrument.composites):
            raise _for_research(pack)
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
            asked |= set(scale.needs)
    return [scale for scale in scales if scale.id in asked]


def _for_research(pack: Pack) -> UsageError:
    names = [scale.id for scale in pack.instrument.scales if scale.use != "step"] + [composite.id for composite in pack.instrument.composites]
    hint = f'Write scales="all" (in a command --scales all), or name those you want: {", ".join(names)}'
    return UsageError(Issue("scales_research", f"every scale of {pack.name} is for research, and is scored only where it is asked for", hint))


def _needed_items(scale: Scale, pack: Pack) -> set[str]:
    """The items of a scale, its filter question, and for one ability of a joint model the items of the others."""
    needed = set(member_items(pack, scale)) | ({scale.filter.item} if scale.filter else set())
    needed |= {code for code in (scale.total, scale.error) if code is not None}
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


def _strata(
    pack: Pack, forms: tuple[ScaleForm, ...], derived: tuple[DerivedForm, ...], contrasts: tuple[ContrastForm, ...],
    changes: tuple[ChangeForm, ...],
) -> tuple[str, ...]:  # fmt: skip
    """The strata that norms, priors, items and errors of the scales need, and those that say whom the norms are for."""
    needed = {name for form in forms if form.norm for name in form.norm.strata}
    needed |= {name for contrast in contrasts for name in contrast.strata} | {name for change in changes for name in change.strata}
    needed |= {shift.stratum for form in forms for shift in getattr(form.irt, "shifts", ())}
    return tuple(sorted(needed | {item.stratum for item in derived if item.stratum} | set(pack.manifest.only)))


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
