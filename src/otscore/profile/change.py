"""From one occasion to the next: on which measure a change is read, its error, and why some changes are not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Children, Floats
from otscore.codes import STATUS_NAMES, STATUS_REASONS, Status
from otscore.compile.change import ChangeForm
from otscore.errors import Issue, UsageError
from otscore.kernel.change import change_z, reliable_direction
from otscore.kernel.contrast import difference_se
from otscore.kernel.interval import half_width, z_multiplier
from otscore.profile.build import Part
from otscore.profile.standing import measure_error

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.9
"""Level of the minimal detectable change, and of `reliable`."""

SAME = {
    "pack": ("another instrument or edition", "Score both occasions with the same pack"),
    "pack_version": ("another version of the norms", "Score both occasions with the version that is installed now"),
    "digest": ("norms with another content", "Score both occasions with the same files of the pack"),
    "norm_group": ("another norm group", "Score both occasions with one `norm_group`"),
    "age_basis": ("another choice of corrected or chronological age", "Score both occasions with one `age_basis`"),
} | dict.fromkeys(
    ("rounding", "estimator", "relevance", "historic_scale", "logit", "prior_without_age"),
    ("another option", "Score both occasions with the same options"),
)
"""What must be the same in both stamps, how a difference is told, and what to do about it."""

VOID = (Status.INVALID_PROTOCOL, Status.OUTSIDE_POPULATION, Status.ILLEGAL_ANSWER, Status.RAW_DISAGREES)
"""Statuses with which not even a raw score is compared."""

NO_ERROR = "no standard error is published for this scale, so a change cannot be told from error of measurement"

Texts = NDArray[Any]


def change_since(parts: Sequence[Part], earlier: Sequence[Part]) -> pd.DataFrame:
    """The change of every child on every scale.

    Raises UsageError where packs, versions, norm groups, options or children differ.
    """
    from otscore.profile.frame import change_frame

    if len(parts) != len(earlier):
        hint = "Score both occasions with the same packs, in one order"
        raise UsageError(Issue("not_comparable", "the two occasions were scored with different packs", hint))
    for part, before in zip(parts, earlier, strict=True):
        _refuse(part, before)
    return change_frame([(part, _columns(part, before)) for part, before in zip(parts, earlier, strict=True)])


def _refuse(part: Part, before: Part) -> None:
    for name, (words, hint) in SAME.items():
        if getattr(part.stamp, name) != getattr(before.stamp, name):
            message = f"{part.stamp.pack}: the earlier occasion was scored with {words}, so a difference would not be the child's"
            raise UsageError(Issue("not_comparable", message, hint, field=name))
    if part.form.result_ids != before.form.result_ids:
        raise UsageError(Issue("not_comparable", f"{part.stamp.pack}: the two occasions hold other scales", "Score both with the same `scales`"))
    now, then = np.asarray(part.children.ids, dtype=object), np.asarray(before.children.ids, dtype=object)
    if len(now) != len(then) or bool(_differ(now, then).any()):
        raise UsageError(Issue("other_children", "the rows are not of the same children", "Bring both tables into the same order, with one id column"))


def _columns(part: Part, before: Part) -> dict[str, Texts]:
    """Columns of the table, each (n, s): the scales of a child side by side."""
    scales = [_scale(part, before, place, form) for place, form in enumerate(part.form.changes)]
    return {name: np.stack([scale[name] for scale in scales], axis=1) for name in scales[0]}


def _scale(part: Part, before: Part, place: int, form: ChangeForm) -> dict[str, Texts]:
    then, now = (_value(one, place, form.measure) for one in (before, part))
    errors = measure_error(form, before.arrays, place, before.children), measure_error(form, part.arrays, place, part.children)
    reason = _reasons(part, before, place, form, (then, now), errors)
    told = reason == ""
    se = np.where(told, difference_se(*errors), np.nan)
    index = np.where(told, change_z(then, now, *errors), np.nan)
    return {
        "measure": np.full(len(now), form.measure, dtype=object), "before": then, "after": now, "change": np.where(told, now - then, np.nan),
        "se": se, "index": index, "mdc90": half_width(se, z_multiplier(LEVEL)), "reliable": reliable_direction(index, LEVEL),
        "flags": before.arrays.flags[:, place] | part.arrays.flags[:, place], "reason": reason,
    }  # fmt: skip


def _value(part: Part, place: int, measure: str) -> Floats:
    """The measure of each child, (n,); NaN where the scale has none."""
    name = {"ability": "ability", "raw": "raw"}.get(measure, "score")
    values: Floats = getattr(part.arrays, name)[:, place]
    return values if measure else np.full(len(values), np.nan)


def _reasons(
    part: Part, before: Part, place: int, form: ChangeForm, values: tuple[Floats, Floats], errors: tuple[Floats, Floats]
) -> Texts:  # fmt: skip
    """Why no change is told, (n,); empty where one is. The first that holds."""
    if not form.measure:
        return np.full(len(part.children), NO_ERROR, dtype=object)
    now, then = part.children, before.children
    tests: list[tuple[NDArray[np.bool_], str | Texts]] = [
        (_differ(_said(now), _said(then)), "somebody else answered at the other occasion"),
        (now.corrected != then.corrected, "age was corrected for prematurity at one occasion only"),
        (now.age_days < then.age_days, "the earlier occasion is the later one"),
        *((_differ(_stratum(now, name), _stratum(then, name)), f"{name} differs, and with it norms, items or errors") for name in form.strata),
        (_void(before, place) | np.isnan(values[0]), _status_words(before, place, "earlier")),
        (_void(part, place) | np.isnan(values[1]), _status_words(part, place, "later")),
        (~(difference_se(*errors) > 0.0), "no standard error is known for the age, group or score at one occasion"),
    ]
    reason = np.full(len(now), "", dtype=object)
    for holds, words in tests:
        reason = np.where(holds & (reason == ""), np.asarray(words, dtype=object), reason)
    return reason


def _void(part: Part, place: int) -> NDArray[np.bool_]:
    return np.isin(part.arrays.status[:, place], VOID)


def _status_words(part: Part, place: int, when: str) -> Texts:
    words = [f"no result at the {when} occasion: {STATUS_REASONS[name]}" for name in STATUS_NAMES]
    return np.array(words, dtype=object)[part.arrays.status[:, place]]


def _said(children: Children) -> Texts:
    """Who answered, (n,)."""
    said = children.informants
    return np.full(len(children), said, dtype=object) if isinstance(said, str) else np.asarray(said, dtype=object)


def _stratum(children: Children, name: str) -> Floats:
    return children.strata.get(name, np.full(len(children), np.nan))


def _differ(now: NDArray[Any], then: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two values are not the same; unknown both times is the same."""
    return np.asarray((now != then) & ~((now != now) & (then != then)), dtype=np.bool_)
