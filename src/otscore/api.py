"""Load once, then score a record or a frame: :class:`Scorer` for one pack, :class:`Battery` for several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from otscore.batch import Batch, Children, Floats, ScaleArrays, Stamp
from otscore.compile import Form, Options, compile_form
from otscore.coverage import age_text, coverage
from otscore.engine import joined, score
from otscore.errors import (
    AgeMissing,
    IllegalAnswer,
    Issue,
    OtscoreError,
    PackError,
    PackInvalid,
    ResponseError,
    UnknownItem,
    UsageError,
)
from otscore.intake.answers import AnswerReader, readers
from otscore.intake.findings import RECORD, Findings
from otscore.intake.looks import Looks
from otscore.intake.record import check_record, record_ages, record_batch, record_child, unknown_keys
from otscore.intake.spelling import stratum_spellings
from otscore.pack import Pack, Registry, cite, codebook, registry
from otscore.pack.registry import located
from otscore.profile.build import Part, build_profile
from otscore.profile.models import HeadlinePolicy, Profile
from otscore.profile.scores import Scores
from otscore.schema.mapping import NO_MAPPING, read_mapping
from otscore.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from otscore.profile.plan_models import NextItem, Plan

Errors = Literal["raise", "flag"]
PathLike = str | os.PathLike[str]
Pair = tuple[float, float]
Labels = Mapping[str, str] | None
CHANCE = (0.3, 0.7)
ERROR_OF = {"unknown_item": UnknownItem, "illegal_answer": IllegalAnswer, "age_missing": AgeMissing, "age_invalid": AgeMissing}
CHOICES = ("age_basis", "rounding", "estimator", "relevance", "historic_scale", "logit", "prior_without_age")
"""Options that a score depends on, beside norm group and level of the interval."""
MODEL_OF_OPTION = dict.fromkeys(("relevance", "historic_scale", "logit", "prior_without_age"), "rasch_eap") | {"estimator": "graded"}
MODEL_WORDS = {"rasch_eap": "items calibrated by the Rasch model", "graded": "items calibrated by the graded response model"}
FRAME_CHUNK_ROWS, FRAME_CHUNK_CELLS = 4096, 2_500_000  # arrays of up to 20 MB: larger ones are asked of the system each time


class Battery:
    """Several packs, one domain profile.

    >>> battery = Battery.load(["hrtl@2022", "ecdi@2030"])
    >>> [form.pack.name for form in battery.forms]
    ['hrtl@2022', 'ecdi@2030']
    """

    def __init__(self, forms: Sequence[Form]) -> None:
        if not forms:
            raise UsageError(Issue("no_pack", "no pack is named", "Name at least one, for example gsed@2406"))
        names = [form.pack.name for form in forms]
        if len(set(names)) < len(names):
            raise UsageError(Issue("pack_repeated", "a pack is named twice", "Name each pack once"))
        self.forms = tuple(forms)

    @classmethod
    def load(cls, names: Iterable[str], *, paths: Iterable[PathLike] = (), **options: Any) -> Battery:
        """Read and compile the packs named; ``paths`` are further directories to look in.

        Scores all scales unless ``scales`` says otherwise (a scale may belong to any of the packs): a profile needs its
        domains. The other options are those of
        :class:`otscore.Options`. Raises PackNotFound, PackInvalid, PackConflict, UsageError, or what is common to them
        (PackError, OtscoreError) with what is wrong with any of the packs and options.
        """
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise UsageError(Issue("pack_names", "several packs are named in a list", 'Write ["gsed@2406"]; Scorer.load takes one name'))
        known = registry(paths)
        chosen, *found = _all([lambda: _options({"scales": "all"} | options), *(partial(known.load, name) for name in names)])
        _check_models(found, chosen)
        return cls(_all([partial(_compiled, pack, own) for pack, own in _options_of_each(found, chosen)]))

    def score(self, record: Mapping[str, Any], *, errors: Errors = "raise", headline: HeadlinePolicy = "most_precise") -> Profile:
        """The profile of one child.

        record : ``responses`` (item code -> answer), an age (``birth_date`` and ``assessment_date``, or ``age_days``,
        ``age_months``, ``age_years``), and where the packs ask for it ``sex``, ``strata``, ``gestation_weeks``,
        ``gestation_days``, ``informant``, ``id``. With ``errors="raise"`` every problem of the record is raised at once
        (UnknownItem, IllegalAnswer, AgeMissing, ResponseError); with ``"flag"`` it shows as a status, except an item that
        no pack knows: that is always raised. A child outside the norms is never an error. ``headline`` says which result heads a
        domain (see :class:`otscore.profile.models.Profile`).
        """
        _check_errors(errors)
        findings = Findings(source=RECORD)
        keys = check_record(record, self.forms, NO_MAPPING)
        unknown = unknown_keys(record, self.forms, keys)
        parts = []
        for place, form in enumerate(self.forms):
            batch, child = self._batch(place, record, keys, findings)
            parts.append(Part(form, score(form, batch), child, _stamp(form)))
        if unknown or (errors == "raise" and findings.entries):
            _raise([*unknown, *findings.issues()])
        return build_profile(parts, headline=headline)

    def next_items(self, record: Mapping[str, Any], *, chance: Pair = CHANCE, per_scale: int = 5, labels: Labels = None) -> tuple[NextItem, ...]:
        """The items that lie nearest to what a child does, scale by scale, the next one first; at most ``per_scale`` of each.

        Of item-response scales those not passed yet (asked before not asked) whose chance by the model lies within ``chance``, of a private
        pack without the chance; of scales with basal and ceiling those between them that did not earn all points; of items graded
        by age those below the highest grade. Other scales have none: their items stand in no order. Codes only, and ``labels``
        (item code -> your own words). What is wrong in the record shows as an absent ability. Raises UsageError, UnknownItem.
        """
        return self._next_items(record, chance, per_scale, labels)[0]

    def plan(
        self, record: Mapping[str, Any], *, errors: Errors = "raise", headline: HeadlinePolicy = "most_precise",
        chance: Pair = CHANCE, per_scale: int = 5, labels: Labels = None, **choices: Any,
    ) -> Plan:  # fmt: skip
        """Inputs of a plan: the profile of one child (:meth:`score`) and its next items (:meth:`next_items`).

        ``choices`` are those of :func:`otscore.profile.plan.plan`. Raises what the two raise, and UsageError.
        """
        items, refused = self._next_items(record, chance, per_scale, labels)
        given = {"next_items": (*items, *choices.pop("next_items", ())), "refused": (*choices.pop("refused", ()), *refused)}
        return self.score(record, errors=errors, headline=headline).plan(**given, **choices)

    def _next_items(self, record: Mapping[str, Any], chance: Pair, per_scale: int, labels: Labels) -> tuple[tuple[NextItem, ...], tuple[str, ...]]:
        """The items, and why some scales have none."""
        from otscore.profile.next_items import check_choices

        check_choices(chance, per_scale, labels)
        return next_items_of(zip(self.forms, self._batches(record), strict=True), chance, per_scale, labels)

    def trace(self, record: Mapping[str, Any]) -> pd.DataFrame:
        """How the scores of one child come about: a row per scale and item (or member), steps too.

        Columns pack, scale, item, given (as answered, in codes), points (what that is worth), counted (what went into the raw
        score), how (why); then raw, score, status and flags of the scale. The record is that of :meth:`score`; what is wrong in
        it shows as a status.
        """
        from otscore.engine.trace import trace
        from otscore.profile.frame import trace_frame

        batches = self._batches(record)
        return trace_frame([(form.pack.name, one) for form, batch in zip(self.forms, batches, strict=True) for one in trace(form, batch)])

    def _batches(self, record: Mapping[str, Any]) -> list[Batch]:
        """The child as a batch of one for each form; what is wrong in the record shows as a status, but an item nobody knows."""
        keys, findings = check_record(record, self.forms, NO_MAPPING), Findings(source=RECORD)
        if unknown := unknown_keys(record, self.forms, keys):
            _raise(unknown)
        return [self._batch(place, record, keys, findings)[0] for place in range(len(self.forms))]

    def _batch(self, place: int, record: Mapping[str, Any], keys: Mapping[str, str], findings: Findings) -> tuple[Batch, Children]:
        """The child as a batch of one for one of the forms, and what is echoed of it."""
        form = self.forms[place]
        ages = record_ages(form, record, findings)
        batch = record_batch(form, self._readers[place], record, keys, ages, self._spellings[place], findings)
        return batch, replace(record_child(form, record, ages), strata=batch.strata)

    def score_frame(
        self, frame: pd.DataFrame, *, errors: Errors = "flag", mapping: PathLike | Mapping[str, Any] | None = None, **columns: Any
    ) -> Scores:
        """Score a DataFrame, wide (a row per visit) or long (a row per answer, with ``item`` and ``response``).

        Name the columns by their part (``id="subjid", age_days="agedays"``), or in a mapping file; see
        :class:`otscore.schema.mapping.ColumnMap` for the parts. Columns that nothing claims are refused, so that a
        misspelt item cannot vanish: name them in ``ignore``, or say ``ignore="unknown"``. With ``errors="flag"`` what is
        wrong in single rows shows as a status there and in ``Scores.issues``; with ``"raise"`` it is raised, all at once.
        """
        from otscore.intake import frame as door
        from otscore.intake.columns import explore, refusal
        from otscore.intake.outside import Outside
        from otscore.intake.remarks import remark

        _check_errors(errors)
        findings, given = Findings(source="frame"), merged_mapping(mapping, columns)
        frame = door.table(frame, given)
        layout, problems = explore(list(frame.columns), self.forms, given, findings.source)
        if not layout.readable:
            raise refusal(problems)
        remark(layout, self.forms, findings)
        frame = door.readable(frame, layout, findings)
        if layout.mapping.is_long:
            frame, layout = door.gather(frame, self.forms, layout, findings)
        parts = score_rows(self.forms, frame, layout, findings, [Looks(form, findings.source) for form in self.forms])
        outside = Outside()
        outside.add([part.arrays.status for part in parts])
        outside.report(layout.mapping, findings)
        door.report_repeated(door.row_hashes(frame, layout.mapping), layout.mapping, findings)
        if problems or findings.fatal:
            raise refusal(list(dict.fromkeys([*problems, *findings.issues()])))
        scores = Scores(parts, findings.issues())
        if errors == "raise" and scores.issues:
            _raise(scores.issues)
        return scores

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """What will score the children, pack by pack."""
        return tuple(map(_stamp, self.forms))

    @cached_property
    def _readers(self) -> tuple[tuple[AnswerReader, ...], ...]:
        return tuple(readers(form, NO_MAPPING) for form in self.forms)

    @cached_property
    def _spellings(self) -> tuple[dict[str, dict[str, int]], ...]:
        return tuple({name: stratum_spellings(form, name, NO_MAPPING) for name in form.strata} for form in self.forms)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(form.pack.name for form in self.forms)})"


class Scorer(Battery):
    """One pack.

    >>> Scorer.load("nhanes-grip@2014").pack.manifest.kind.value
    'normed'
    """

    @classmethod
    def load(cls, name: str | None = None, *, path: PathLike | None = None, **options: Any) -> Scorer:  # type: ignore[override]
        """Read and compile one pack: by name (``gsed@2406``), or from a directory of your own.

        ``path`` alone takes the pack in that directory; with ``name`` it is a further place to look in. Options are those
        of :class:`otscore.Options`; scales meant for research are scored only when ``scales`` names them or is "all" (a pack
        that has no others is refused without).
        Raises PackNotFound, PackInvalid, PackConflict, UsageError.
        """
        if name is None and path is None:
            raise UsageError(Issue("no_pack", "no pack is named", "Give a name such as gsed@2406, or a path"))
        known = registry([path] if path is not None else [], installed=name is not None)
        chosen, pack = _all([lambda: _options(options), lambda: known.load(name or _single(known))])
        _check_models([pack], chosen)
        return cls([_compiled(pack, chosen)])

    @property
    def form(self) -> Form:
        """The compiled pack."""
        return self.forms[0]

    @property
    def pack(self) -> Pack:
        """The pack."""
        return self.forms[0].pack

    def cite(self, style: Literal["text", "bibtex"] = "text") -> str:
        """The sources of the figures and the pack itself, as text or BibTeX."""
        return cite(self.pack, style)

    def item_map(self, record: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Where the items of an item-response pack stand on the scale of its abilities: a row per item, or per number of points
        of a graded one, from the easiest on.

        Columns scale, item, points, difficulty (the ability at which the chance to earn so many points or more is one half;
        empty where an item loads on several abilities). With a record (that of :meth:`score`) also ability, chance (to earn
        them, by the model, of a child of that ability) and passed; empty where there is no ability, or no answer.
        Raises UsageError where the pack has no such model, or is private: difficulties are its figures.
        """
        from otscore.engine.item_map import item_map
        from otscore.profile.frame import plain_frame

        if self.pack.private or not any(scale.irt for scale in self.form.results):
            message = "is private: its difficulties are not listed" if self.pack.private else "has no scale with an item-response model"
            raise UsageError(Issue("item_map", f"{self.pack.name} {message}", "`codebook` lists the items of a pack"))
        if record is None:
            return plain_frame(item_map(self.form, None))
        return plain_frame(item_map(self.form, self._batches(record)[0]))

    def codebook(self) -> pd.DataFrame:
        """A row per item: legal answers, points, labels, missing codes, and the scales it is named in."""
        from otscore.profile.frame import plain_frame

        return plain_frame(codebook(self.pack))


def next_items_of(
    child: Iterable[tuple[Form, Batch]], chance: Pair = CHANCE, per_scale: int = 5, labels: Labels = None
) -> tuple[tuple[NextItem, ...], tuple[str, ...]]:
    """The next items of one child, as :meth:`Battery.next_items`, and why some scales have none. child : its batch of one for each form."""
    from otscore.engine.next_items import next_items
    from otscore.profile.next_items import as_next_items

    found = [next_items(form, batch, chance, per_scale) for form, batch in child]
    return as_next_items([row for one in found for row in one.rows], labels), tuple(reason for one in found for reason in one.refused)


def score_rows(
    forms: Sequence[Form], frame: pd.DataFrame, layout: Any, findings: Findings, looks: Sequence[Looks], keep: bool = False
) -> tuple[Part, ...]:
    """Score the rows of a wide frame whose columns are understood, some thousands at a time; what a column looks like is
    told from all of them first. looks : those of each form. keep : the answers too, in ``Part.batches``.
    """
    from otscore.intake import frame as door

    parts = []
    offset = findings.offset
    for form, look in zip(forms, looks, strict=True):
        whole, items = door.read_ages(form, frame, layout.mapping, findings), readers(form, layout.mapping)
        columns = door.column_looks(frame, layout, items, look)
        result = ScaleArrays.empty(len(frame), len(form.result_ids))
        chunks, strata, kept = [], [], []
        step = min(FRAME_CHUNK_ROWS, FRAME_CHUNK_CELLS // max(len(form.items), 1) + 1)
        for start in range(0, len(frame), step):
            stop = min(start + step, len(frame))
            findings.offset = offset + start
            batch = door.read_batch(form, frame.iloc[start:stop], layout, items, whole.rows(start, stop), findings, columns)
            chunk = score(form, batch)
            result.set(start, stop, chunk)
            chunks.append(chunk)
            strata.append(batch.strata)
            kept += [batch] if keep else []
        findings.offset = offset
        children = replace(door.read_children(form, frame, layout.mapping, whole, offset), strata=_together(form, strata))
        parts.append(Part(form, joined(result, chunks), children, _stamp(form), tuple(kept)))
    return tuple(parts)


def _together(form: Form, chunks: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """The strata of all chunks; an empty table has none."""
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in form.strata if chunks and name in chunks[0]}


@dataclass(frozen=True, slots=True)
class PackInfo:
    """One line of the catalogue."""

    name: str
    version: str
    title: str
    kind: str
    status: str
    domains: tuple[str, ...]
    ages: str
    informants: tuple[str, ...]
    population: str
    licence: str
    private: bool


def packs(
    paths: Iterable[PathLike] = (), *, age_months: float | None = None, domain: str | None = None
) -> tuple[PackInfo, ...]:
    """What is there: name, version, kind, domains, ages, informants, norm sample and licence of every pack found.

    With ``age_months`` or ``domain`` only what gives a result for a child of that age, or in that domain (a scale of
    motor skills as a whole belongs to both motor domains).
    Raises PackError with what is wrong in any of them.

    >>> [pack.name for pack in packs(age_months=90, domain="fine_motor")]
    ['dcdq@br2019', 'dcdq@fe', 'nhanes-grip@2014']
    """
    found, broken = registry(paths).read_all()
    if broken:
        raise _in_one(broken)
    fitting = {row.pack for row in coverage(found) if row.fits(age_months, domain)}
    return tuple(_info(pack) for pack in found if pack.name in fitting or (age_months is None and domain is None))


def catalogue(paths: Iterable[PathLike] = ()) -> tuple[tuple[PackInfo, ...], list[PackError]]:
    """As :func:`packs`, with the errors of those that cannot be read handed back beside the others."""
    found, broken = registry(paths).read_all()
    return tuple(map(_info, found)), broken


def _info(pack: Pack) -> PackInfo:
    manifest, groups = pack.manifest, pack.manifest.norm_groups
    default = next(group for group in groups if group.id == manifest.default_group)
    sample = [part for part in (default.label, f"n {default.n}" if default.n else "", default.country, default.years) if part]
    return PackInfo(
        name=pack.name, version=manifest.version, title=manifest.title, kind=manifest.kind.value, status=manifest.status,
        domains=tuple(dict.fromkeys(scale.domain.value for scale in pack.instrument.scales)), ages=age_text(pack),
        informants=pack.informants, population=", ".join(sample), licence=manifest.licence.figures,
        private=pack.private,
    )  # fmt: skip


def _options(given: Mapping[str, Any]) -> Options:
    known = set(Options.__dataclass_fields__)
    if unknown := sorted(set(given) - known):
        hint = f"Allowed: {', '.join(sorted(known))}"
        raise UsageError(Issue("option_unknown", f"there is no option {', '.join(unknown)}", hint))
    scales = given.get("scales")
    if isinstance(scales, str) and scales != "all":
        given = {**given, "scales": (scales,)}
    elif isinstance(scales, Iterable) and not isinstance(scales, str):
        given = {**given, "scales": tuple(scales)}
    return Options(**given)


def _attempted(actions: Iterable[Callable[[], Any]]) -> tuple[list[Any], list[OtscoreError]]:
    """The results of the actions, and the errors of those that failed: one mistake hides no other."""
    results, errors = [], []
    for action in actions:
        try:
            results.append(action())
        except OtscoreError as error:
            errors.append(error)
    return results, errors


def _all(actions: Iterable[Callable[[], Any]]) -> list[Any]:
    """The results of the actions. Raises one error for all that failed."""
    results, errors = _attempted(actions)
    if errors:
        raise _in_one(errors)
    return results


def _in_one(errors: Sequence[OtscoreError]) -> OtscoreError:
    """One error with every issue, of the nearest kind that all of them are of."""
    kind = next(kind for kind in type(errors[0]).__mro__ if all(isinstance(error, kind) for error in errors))
    issues = dict.fromkeys(issue for error in errors for issue in error.issues)
    return kind(issues) if issubclass(kind, OtscoreError) else OtscoreError(issues)


def _compiled(pack: Pack, options: Options) -> Form:
    if pack.manifest.status == "template":
        hint = "Type the tables from the manual into a copy, then write the status of your pack. `otscore norms check` lists what is missing"
        raise PackInvalid(Issue("template", f"{pack.name} is a template: its norms are not filled in", hint, "pack.toml", field="status"))
    try:
        return compile_form(pack, options)
    except PackInvalid as error:
        raise PackInvalid(located(error.issues, pack.home, getattr(pack.home, "parent", pack.home))) from None


def _options_of_each(found: Sequence[Pack], options: Options) -> list[tuple[Pack, Options]]:
    """The options for every pack: of the scales named, each pack takes its own; a name that none knows goes to all."""
    if len(found) == 1 or options.scales is None or options.scales == "all":
        return [(pack, options) for pack in found]
    own = [
        {scale.id for scale in pack.instrument.scales} | {composite.id for composite in pack.instrument.composites}
        for pack in found
    ]
    strange = set(options.scales) - set().union(*own)
    chosen = [tuple(name for name in options.scales if name in mine | strange) for mine in own]
    if not all(chosen):
        names = ", ".join(pack.name for pack, mine in zip(found, chosen, strict=True) if not mine)
        raise UsageError(Issue("scale_unknown", f"no scale named belongs to {names}", "Leave the pack out, or name one of its scales"))
    return [(pack, replace(options, scales=mine)) for pack, mine in zip(found, chosen, strict=True)]


def _check_models(packs: Sequence[Pack], options: Options) -> None:
    """An option for a kind of model is no use where no pack has one: whoever names it expects another result."""
    there = {model.model for pack in packs for model in pack.manifest.irt}
    chosen = {name: model for name, model in MODEL_OF_OPTION.items() if getattr(options, name) not in (None, False)}
    if idle := [name for name, model in chosen.items() if model not in there]:
        raise UsageError([Issue("option_unused", f"no pack named can use {name}", f"Leave it out: it is for packs with {MODEL_WORDS[chosen[name]]}") for name in idle])


@lru_cache(maxsize=256)
def _stamp(form: Form) -> Stamp:
    manifest, options = form.pack.manifest, form.options
    level = next((norm.interval.level for norm in manifest.norms if norm.interval), None)
    return Stamp(
        instrument=manifest.instrument, edition=manifest.edition, pack_version=manifest.version, digest=form.pack.digest,
        library_version=__version__, kind=manifest.kind.value, status=manifest.status, norm_group=form.group,
        ci_level=level and (options.ci_level or level), notices=manifest.notices,
        **{name: getattr(options, name) for name in CHOICES},
    )  # fmt: skip


def merged_mapping(mapping: PathLike | Mapping[str, Any] | None, columns: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping file or mapping, with the columns named in the call laid over it."""
    if mapping is not None and not isinstance(mapping, Mapping | str | os.PathLike):
        raise UsageError(Issue("mapping", "a mapping is a mapping file or a mapping of parts to columns", 'Write mapping="clinic.toml"'))
    given = dict(mapping) if isinstance(mapping, Mapping) else read_mapping(os.fspath(mapping)) if mapping else {}
    nested = given.pop("columns", {})
    if not isinstance(nested, Mapping):
        raise UsageError(Issue("mapping", "`columns` is a table of part to column", 'Write columns = { id = "child" }'))
    given |= nested
    return given | {name: value for name, value in columns.items() if value is not None}


def _check_errors(errors: Any) -> None:
    if errors not in get_args(Errors):
        raise UsageError(Issue("errors", "there is no such way to treat errors", 'Write errors="raise" or errors="flag"'))


def _raise(issues: Sequence[Issue]) -> None:
    codes = {issue.code for issue in issues}
    raise (ERROR_OF.get(next(iter(codes)), ResponseError) if len(codes) == 1 else ResponseError)(issues)


def _single(known: Registry) -> str:
    names = sorted({ref.name for ref in known})
    if len(names) == 1:
        return names[0]
    message = "the directory holds several packs" if names else "the directory holds no pack"
    raise UsageError(Issue("no_pack", message, f"Name one of: {', '.join(names)}" if names else "A pack has a pack.toml"))
