"""Groups of children scale by scale: how many, who is missing and why, mean and spread, the share below a cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from otscore.codes import STATUS_NAMES, Flag, Status
from otscore.errors import Issue, UsageError
from otscore.kernel.proportion import mean_interval, wilson_interval
from otscore.report.counted import Counted

if TYPE_CHECKING:
    import pandas as pd

    from otscore.profile.scores import Scores

Chosen = NDArray[np.bool_]
OPEN = Flag.SCORE_OR_LESS | Flag.SCORE_OR_MORE

GROUP_COLUMNS = (
    "pack", "pack_version", "pack_status", "scale", "domain", "group", "n", "n_scored", "share_missing", "mean_score", "sd_score", "n_z", "mean_z",
    "sd_z", "mean_z_low", "mean_z_high", "cut", "n_below", "share_below", "share_below_low", "share_below_high", "share_floor", "share_ceiling",
    "share_open", "level",
)  # fmt: skip
"""Then a column ``missing_<status>`` for each status that occurs, in the order of :data:`otscore.codes.STATUS_NAMES`."""


def group_frame(scores: Scores, by: Any = None, cut: float = -1.0, level: float = 0.95) -> pd.DataFrame:
    """A row for each pack, scale and group: counts, means with intervals, the share below a cut.

    by : one value a child, in the order of the rows (a column of the table that was scored, an array, bands from ``pandas.cut``);
    None for one group. Children without a value are a group of their own, at the end, with an empty name. cut : in z, which rises
    with ability. level : of the intervals.

    n : rows of the table (repeated visits count each; the intervals suppose rows of different children). n_scored : with a score;
    share_missing and missing_<status> : the others, as shares of n. mean_score, sd_score : in the metric of the scale; sd with
    n - 1. n_z : with a z, the rows behind what follows. mean_z_low, mean_z_high : interval of the mean by Student's t.
    n_below, share_below : z under the cut, with the interval of Wilson (1927), doi:10.1080/01621459.1927.10502953.
    share_floor, share_ceiling : scores at the lowest and highest that the norms hold, as the score reads; share_open : scores
    printed as "or less" or "or more", which means and SDs take at their end; shares of n_scored. Nothing is weighted.

    Raises UsageError for ``by`` of another length, a cut that is no number or a level outside 0 to 1.
    """
    return counted_frame([Counted.of(part) for part in scores.parts], by, cut, level)


def counted_frame(parts: Sequence[Counted], by: Any = None, cut: float = -1.0, level: float = 0.95) -> pd.DataFrame:
    """The same table of what was counted, pack by pack."""
    from otscore.report.frame import framed, grouped

    if not _is_number(cut):
        raise UsageError(Issue("cut", "the cut is no number", "Write SDs, for example cut=-1.0", field="cut"))
    if not (_is_number(level) and 0.0 < level < 1.0):
        raise UsageError(Issue("level", "the level is no probability between 0 and 1", "Write level=0.95 for 95 %", field="level"))
    names, codes = grouped(by, len(parts[0]))
    chosen = [(name, codes == place) for place, name in enumerate(names)]
    rows = [row for part in parts for row in _rows(part, chosen, float(cut), float(level))]
    met = [name for name in STATUS_NAMES if any(row.get(f"missing_{name}") for row in rows)]
    return framed(rows, [*GROUP_COLUMNS, *(f"missing_{name}" for name in met)])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool) and bool(np.isfinite(value))


def _rows(part: Counted, chosen: Sequence[tuple[Any, Chosen]], cut: float, level: float) -> Iterator[dict[str, Any]]:
    for place, (scale, domain) in enumerate(zip(part.scales, part.domains, strict=True)):
        for name, rows in chosen:
            named = {"pack": part.stamp.pack, "pack_version": part.stamp.pack_version, "pack_status": part.stamp.status}
            yield named | {"scale": scale, "domain": domain, "group": name, "level": level} | _counts(part, place, rows) | _standing(part, place, rows, cut, level)


def _counts(part: Counted, place: int, rows: Chosen) -> dict[str, Any]:
    """Who has a score, why the others have none, and which scores lie at an end of the norms."""
    status, flags = part.status[rows, place], part.flags[rows, place]
    n, scored = len(status), status == Status.OK
    n_scored, score = int(scored.sum()), part.score[rows, place][scored]
    told = score[np.isfinite(score)]
    ends = {"share_floor": Flag.AT_FLOOR, "share_ceiling": Flag.AT_CEILING, "share_open": OPEN}
    return {
        "n": n, "n_scored": n_scored, "share_missing": _share(n - n_scored, n), "mean_score": _mean(told), "sd_score": _sd(told),
        **{name: _share(int(((flags[scored] & flag) != 0).sum()), n_scored) for name, flag in ends.items()},
        **{f"missing_{name}": _share(int((status == code).sum()), n) for code, name in enumerate(STATUS_NAMES) if code != Status.OK},
    }  # fmt: skip


def _standing(part: Counted, place: int, rows: Chosen, cut: float, level: float) -> dict[str, Any]:
    """Mean and spread of z, and the share below the cut."""
    z = part.z[rows, place]
    z = z[~np.isnan(z)]
    n, below = len(z), int((z < cut).sum())
    mean, sd = _mean(z), _sd(z)
    mean_ends = mean_interval(mean, sd, n, level)
    share_ends = wilson_interval(below, n, level)
    return {
        "n_z": n, "mean_z": mean, "sd_z": sd, "mean_z_low": float(mean_ends[0]), "mean_z_high": float(mean_ends[1]), "cut": cut,
        "n_below": below, "share_below": _share(below, n), "share_below_low": float(share_ends[0]), "share_below_high": float(share_ends[1]),
    }  # fmt: skip


def _share(count: int, n: int) -> float:
    return count / n if n else float("nan")


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _sd(values: NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 and np.isfinite(values).all() else float("nan")
