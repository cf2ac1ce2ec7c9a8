"""Comparisons of one child's scores: pairs of results, the difference that is significant, and how rare differences are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from otscore.compile.irt import named_table
from otscore.compile.norms import Precision, by_bands, published
from otscore.compile.scales import ScaleForm
from otscore.pack import Pack
from otscore.pack.table import Table
from otscore.schema.norm import Comparison

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairForm:
    """One difference: a result and what it is compared with, by column; -1 for the mean of all, or somebody else's answers.

    critical : as printed, None where it comes from the SEMs. r : correlation with ``other``. rates : (at_least, percent) of
    differences, rising, above 0 and below it.
    """

    scale: int
    other: int
    critical: Precision | None
    r: Precision | None
    rates: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class ContrastForm:
    """A comparison ready to use. members : columns of its scales; sems : SEM of each score, None where none is published."""

    comparison: Comparison
    members: tuple[int, ...]
    sems: tuple[Precision | None, ...]
    mean_sd: tuple[tuple[float, float], ...]
    pairs: tuple[PairForm, ...]

    @property
    def strata(self) -> set[str]:
        """The strata that SEMs, critical differences and correlations differ by."""
        found = (*self.sems, *(one for pair in self.pairs for one in (pair.critical, pair.r)))
        return {name for one in found if one is not None for name in one.finder.key.names}


def contrast_forms(pack: Pack, results: Sequence[ScaleForm], group: str) -> tuple[ContrastForm, ...]:
    """The comparisons of the pack between the scales that are scored, for one norm group."""
    columns = {form.scale.id: place for place, form in enumerate(results)}
    return tuple(_contrast(pack, one, results, columns, group) for one in pack.manifest.comparisons if set(one.scales) <= set(columns))


def _contrast(pack: Pack, comparison: Comparison, results: Sequence[ScaleForm], columns: dict[str, int], group: str) -> ContrastForm:
    table = named_table(pack, comparison.table) if comparison.table else None
    rates = named_table(pack, comparison.base_rates) if comparison.base_rates else None
    pairs = _named(comparison, table)
    norms = (results[columns[name]].norm for name in comparison.scales)
    return ContrastForm(
        comparison, tuple(columns[name] for name in comparison.scales),
        tuple(_sem(pack, name, group) for name in comparison.scales),
        tuple((norm.metric_mean, norm.metric_sd) if norm else (np.nan, np.nan) for norm in norms),
        tuple(_pair(pack, comparison, columns, scale, other, table, rates) for scale, other in pairs),
    )  # fmt: skip


def _named(comparison: Comparison, table: Table | None) -> list[tuple[str, str]]:
    """The pairs that the table names; without one all that can be made."""
    if table is not None:
        return list(dict.fromkeys(zip(table.text("scale"), table.text("other"), strict=True)))
    if comparison.kind == "pairwise":
        return list(combinations(comparison.scales, 2))
    return [(scale, "") for scale in comparison.scales]


def _sem(pack: Pack, scale: str, group: str) -> Precision | None:
    if pack.psychometrics is None:
        return None
    return published(pack.psychometrics, (scale, "sem", "score"), group, pack.manifest)


def _pair(
    pack: Pack, comparison: Comparison, columns: dict[str, int], scale: str, other: str, table: Table | None, rates: Table | None
) -> PairForm:  # fmt: skip
    critical, r = None, None
    if table is not None:
        lines = _lines(table, scale, other)
        r = by_bands(table, lines, "r", pack.manifest) if "r" in table else None
        if "critical" in table:
            level = table.numbers("level")[lines]
            lines = lines[np.isclose(level, comparison.level)]
            critical = by_bands(table, lines, "critical", pack.manifest) if lines.size else None
    above = _rates(rates, scale, other)
    below = _rates(rates, other, scale)
    return PairForm(columns[scale], columns.get(other, -1), critical, r, (above, below if below[0].size else above))


def _rates(table: Table | None, scale: str, other: str) -> tuple[Floats, Floats]:
    """Sizes of differences, rising, and the percent with at least that; nothing where the table does not have the pair this way round."""
    if table is None:
        return np.zeros(0), np.zeros(0)
    lines = _lines(table, scale, other)
    lines = lines[np.argsort(table.numbers("at_least")[lines], kind="stable")]
    return table.numbers("at_least")[lines], table.open_numbers("percent")[0][lines]


def _lines(table: Table, scale: str, other: str) -> NDArray[np.intp]:
    pairs = zip(table.text("scale"), table.text("other"), strict=True)
    return np.array([line for line, pair in enumerate(pairs) if pair == (scale, other)], dtype=np.intp)
