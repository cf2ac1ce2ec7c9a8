"""Calibrated scales: items scored 0 and 1, a grid that holds the difficulties, a prior in rising pieces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from otscore.pack.check.members import item_options
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import member_items
from otscore.schema.irt import Graded, JointMap, LogisticMap, RaschEap

MOST_STEPS = 100_000


def irt_missing(subject: Subject) -> Iterator[Finding]:
    """Every scale with raw = "irt" has a model in pack.toml, and every model is for such scales."""
    calibrated = [scale.id for scale in subject.pack.instrument.scales if scale.raw == "irt"]
    named = [scale for model in subject.pack.manifest.irt for scale in model.scales]
    if lacking := [scale for scale in calibrated if scale not in named]:
        hint = "Add [[irt]] with these scales, or give the scale another `raw`"
        yield Finding("pack.toml", f"[[irt]] is missing, and {listed(lacking)} needs it", hint, "irt")
    if wrong := [scale for scale in named if scale not in calibrated]:
        message = f"[[irt]] names {listed(wrong)}, and no such scale has raw = \"irt\""
        yield Finding("pack.toml", message, 'Take it out, or write raw = "irt" in the scale', "irt")


def measure_kind(subject: Subject) -> Iterator[Finding]:
    """Norms of a calibrated scale read its ability, norms of other scales the raw score."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        for scale in filter(None, map(subject.scale, norm.scales)):
            needed = "ability" if scale.raw == "irt" else "raw"
            if norm.measure != needed:
                message = f"the norm reads the {norm.measure} of scale {scale.id}, which has raw = \"{scale.raw}\""
                yield Finding("pack.toml", message, f'Write measure = "{needed}"', f"norms.{place}.measure")


def irt_points(subject: Subject) -> Iterator[Finding]:
    """Items of a calibrated scale are worth 0 or 1; of a graded one 0 and a whole number for each of its steps."""
    options = item_options(subject.pack)
    for place, scale in enumerate(subject.pack.instrument.scales):
        model = subject.irt_of(scale.id)
        if scale.raw != "irt" or model is None:
            continue
        steps = _steps(subject, model) if isinstance(model, Graded) else {}
        codes = [code for code in member_items(subject.pack, scale) if code in options]
        wrong = [code for code in codes if options[code].range or not set(options[code].worth()) <= {0.0, *steps.get(code, (1.0,))}]
        if wrong:
            message = f"scale {scale.id} has items that are not worth {'a step' if steps else '0 or 1'}: {listed(wrong)}"
            hint = "Give their option set points of 0 and of each step in the table" if steps else "Give their option set points of 0 and 1"
            yield Finding("instrument.toml", message, hint, f"scales.{place}")


def _steps(subject: Subject, model: Graded) -> dict[str, tuple[float, ...]]:
    """The points of the steps of each item."""
    table = subject.item_table(model)
    found: dict[str, tuple[float, ...]] = {}
    for item, points in zip(table.text("item"), table.numbers("points").tolist(), strict=True) if table is not None else ():
        found[item] = (*found.get(item, ()), points)
    return found


def graded_steps(subject: Subject) -> Iterator[Finding]:
    """The steps of a graded item are 1, 2, ... with rising thresholds and one loading above 0."""
    for model in subject.pack.manifest.irt:
        table = subject.item_table(model) if isinstance(model, Graded) else None
        if table is None:
            continue
        columns = (table.numbers(name).tolist() for name in ("points", "threshold", "loading"))
        found: dict[str, list[tuple[float, float, float, int]]] = {}
        for item, *step, line in zip(table.text("item"), *columns, table.lines, strict=True):
            found.setdefault(item, []).append((*step, line))
        for item, steps in found.items():
            steps.sort()
            line, source = steps[0][3], f"tables/{table.name}"
            if [points for points, *_ in steps] != [float(number + 1) for number in range(len(steps))]:
                yield Finding(source, f"the steps of item {item} are not 1, 2, ...", "Write one row for each number of points above 0", "points", line)
            if any(later[1] <= earlier[1] for earlier, later in zip(steps, steps[1:], strict=False)):
                yield Finding(source, f"the thresholds of item {item} do not rise with its points", "Look them up in the source", "threshold", line)
            if len({loading for *_, loading, _ in steps}) > 1 or steps[0][2] <= 0:
                yield Finding(source, f"item {item} needs one loading, above 0", "Repeat the same loading on each of its rows", "loading", line)


def item_parameters(subject: Subject) -> Iterator[Finding]:
    """Discriminations of a two-parameter model are above 0, and an item of a joint model loads on a scale."""
    for model in subject.pack.manifest.irt:
        table = subject.item_table(model) if isinstance(model, LogisticMap | JointMap) else None
        if table is None:
            continue
        source = f"tables/{table.name}"
        if isinstance(model, LogisticMap):
            for line, item, value in zip(table.lines, table.text("item"), table.numbers("discrimination"), strict=True):
                if value <= 0:
                    yield Finding(source, f"the discrimination of item {item} is {value:g}", "It must be above 0", "discrimination", line)
        else:
            loadings = np.column_stack([table.numbers(scale) for scale in model.scales])
            for line, item, loads in zip(table.lines, table.text("item"), (loadings != 0).any(axis=1), strict=True):
                if not loads:
                    yield Finding(source, f"item {item} loads on no scale", "Give it a loading, or remove the row", model.scales[0], line)


def joint_prior(subject: Subject) -> Iterator[Finding]:
    """The prior of a joint model has powers 0, 1, ... and a symmetric, positive definite precision with a row for each scale."""
    for model in subject.pack.manifest.irt:
        if not isinstance(model, JointMap):
            continue
        mean, precision = subject.table(model.prior.mean), subject.table(model.prior.precision)
        if mean is not None and sorted(mean.numbers("power")) != list(range(len(mean))):
            yield Finding(f"tables/{mean.name}", "the powers of age are not 0, 1, ...", "Write a row for each, from the constant on", "power")
        if precision is None:
            continue
        source = f"tables/{precision.name}"
        if sorted(precision.text("scale")) != sorted(model.scales):
            yield Finding(source, "the rows are not the scales of the model", f"Write a row for each of: {listed(model.scales)}", "scale")
            continue
        order = [precision.text("scale").index(scale) for scale in model.scales]
        matrix = np.column_stack([precision.numbers(scale) for scale in model.scales])[order]
        if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-9) or np.linalg.eigvalsh(matrix).min() <= 0:
            yield Finding(source, "the precision is not symmetric and positive definite", "It is the inverse of a covariance: look it up", "scale")


def item_uncalibrated(subject: Subject) -> Iterator[Finding]:
    """An item that a calibrated scale names has parameters, and an item that loads on a scale of a joint model is named in it."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        model = subject.irt_of(scale.id)
        table = subject.item_table(model) if model is not None else None
        if scale.raw != "irt" or scale.items == "all" or not scale.items or model is None or table is None:
            continue
        if lacking := [code for code in scale.items if code not in table.text("item")]:
            hint = f"Add its row to tables/{table.name}, or take it out of the scale"
            yield Finding("instrument.toml", f"scale {scale.id} names {listed(lacking)}, which has no parameters", hint, f"scales.{place}.items")
        if isinstance(model, JointMap):
            pairs = zip(table.text("item"), table.numbers(scale.id), strict=True)
            if unnamed := [item for item, loading in pairs if loading and item not in scale.items]:
                hint = "Name it in the scale, or write a loading of 0"
                message = f"{listed(unnamed)} loads on scale {scale.id}, which does not name it"
                yield Finding("instrument.toml", message, hint, f"scales.{place}.items")


def grid_step(subject: Subject) -> Iterator[Finding]:
    """The grid runs upwards in whole steps, 100000 at most."""
    for place, model in enumerate(subject.pack.manifest.irt):
        if not isinstance(model, RaschEap | Graded):
            continue
        grid = model.grid
        steps = (grid.to - grid.from_) / grid.by
        if not 1 <= steps <= MOST_STEPS or abs(steps - round(steps)) > 1e-6:
            message = f"the grid from {grid.from_:g} to {grid.to:g} is not a whole number of steps of {grid.by:g}"
            yield Finding("pack.toml", message, "`to` is `from` plus a whole number of `by`, 100000 at most", f"irt.{place}.grid.by")


def grid_range(subject: Subject) -> Iterator[Finding]:
    """The grid holds every difficulty, and every step of a graded item."""
    for model in subject.pack.manifest.irt:
        table = subject.item_table(model) if isinstance(model, RaschEap | Graded) else None
        if not isinstance(model, RaschEap | Graded) or table is None:
            continue
        column = "tau" if isinstance(model, RaschEap) else "threshold"
        difficulties = table.numbers(column)
        if column == "threshold":
            loading = table.numbers("loading")
            difficulties = np.divide(difficulties, loading, out=np.zeros(len(table)), where=loading > 0)
        for line, item, difficulty in zip(table.lines, table.text("item"), difficulties, strict=True):
            if not model.grid.from_ <= difficulty <= model.grid.to:
                message = f"the difficulty {difficulty:g} of item {item} lies outside the grid"
                hint = f"The grid of pack.toml runs from {model.grid.from_:g} to {model.grid.to:g}"
                yield Finding(f"tables/{table.name}", message, hint, column, line)


def prior_segments(subject: Subject) -> Iterator[Finding]:
    """Pieces of the prior rise in `upto`; only the last is open, and it is."""
    for place, model in enumerate(subject.pack.manifest.irt):
        if not isinstance(model, RaschEap | Graded):
            continue
        ends = [np.inf if segment.upto is None else segment.upto for segment in model.prior.segments]
        field = f"irt.{place}.prior.segments"
        if any(later <= earlier for earlier, later in zip(ends, ends[1:], strict=False)):
            yield Finding("pack.toml", "the pieces of the prior do not rise", "Order them by `upto`; only the last has none", field)
        elif ends[-1] != np.inf:
            message = f"the last piece of the prior ends at {ends[-1]:g}, and older children would take it as well"
            yield Finding("pack.toml", message, "Leave `upto` out of the last piece, and say the oldest age in [age] below", field)


def prior_shift(subject: Subject) -> Iterator[Finding]:
    """A prior that shifts by a stratum says by how much for each of its values."""
    strata = subject.pack.manifest.strata
    for place, model in enumerate(subject.pack.manifest.irt):
        shifts = model.prior.shift if isinstance(model, RaschEap | Graded) else {}
        for name, by in shifts.items():
            if set(by) != set(strata[name].values):
                hint = f"Values of {name}: {', '.join(strata[name].values)}"
                yield Finding("pack.toml", f"the shift by {name} is not given for each of its values", hint, f"irt.{place}.prior.shift.{name}")
