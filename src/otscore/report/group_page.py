"""A group table as a piece of HTML: escaped text, no scripts, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from otscore.batch import is_absent
from otscore.report.canvas import SYNTHETIC, clean

if TYPE_CHECKING:
    import pandas as pd

LEVEL, TEXTS = "level", ("pack", "pack_version", "pack_status", "scale", "domain", "group")
COUNTS = ("n", "n_scored", "n_z", "n_below")
HEADS = {
    "pack": "pack", "pack_version": "version", "pack_status": "norms", "scale": "scale", "domain": "domain", "group": "group", "n": "n",
    "n_scored": "scored", "share_missing": "missing", "mean_score": "mean score", "sd_score": "SD score", "n_z": "with z", "mean_z": "mean z",
    "sd_z": "SD z", "mean_z_low": "mean z from", "mean_z_high": "to", "cut": "cut (z)", "n_below": "n below cut", "share_below": "below cut",
    "share_below_low": "below cut from", "share_below_high": "to", "share_floor": "at floor", "share_ceiling": "at ceiling",
    "share_open": "or less, or more", "level": "level",
}  # fmt: skip


def group_html(frame: pd.DataFrame) -> str:
    """The table of :func:`otscore.report.group.group_frame` as an HTML fragment; shares in percent, unknown is empty."""
    columns = [str(name) for name in frame.columns]
    head = "".join(f'<th scope="col">{escape(_head(name))}</th>' for name in columns)
    rows = "".join(_row(columns, row) for row in frame.itertuples(index=False, name=None))
    synthetic = "pack_status" in columns and bool((frame["pack_status"] == "synthetic").any())
    warning = f'<p class="synthetic"><strong>{SYNTHETIC}</strong></p>' if synthetic else ""
    return f'{warning}<table class="groups"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _head(name: str) -> str:
    if name.startswith("missing_"):
        return f"missing: {clean(name.removeprefix('missing_')).replace('_', ' ')}"
    return HEADS.get(name, clean(name))


def _row(columns: list[str], row: tuple[Any, ...]) -> str:
    return "<tr>" + "".join(f"<td>{escape(_cell(name, value))}</td>" for name, value in zip(columns, row, strict=True)) + "</tr>"


def _cell(name: str, value: Any) -> str:
    if is_absent(value):
        return ""
    if name in TEXTS:
        return clean(value)
    if name in COUNTS:
        return f"{value:.0f}"
    if name == LEVEL or name.startswith(("share_", "missing_")):
        return f"{100.0 * value:.4g} %" if name == LEVEL else f"{100.0 * value:.1f} %"
    return f"{value:.2f}" if isinstance(value, float) else clean(value)
