"""What is printed beside a score: percentiles that rise with it, intervals that lie around it alike; bands in one order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from otscore.pack.check.series import printed_unit
from otscore.pack.check.subject import Finding, NormTable, Subject
from otscore.pack.layout import edges

LOOK = "Look it up in the source"
FEWEST_ROWS = 6


def percentile_rises(subject: Subject) -> Iterator[Finding]:
    """A printed percentile never falls where the score rises (where it is not by the normal curve; then see percentile_agrees)."""
    for found in subject.norm_tables("lookup", "ranges"):
        by_curve = found.norm.mean_sd is not None and found.norm.percentile == "curve"
        if "percentile" not in found.rows or "score" not in found.rows or by_curve:
            continue
        score, cells = found.numbers("score"), found.rows.text("percentile")
        for group in found.groups():
            places = sorted((place for place in group.places if cells[place] and not np.isnan(score[place])), key=lambda place: score[place])
            for before, place in pairwise(places):
                if float(cells[place].lstrip("<>")) < float(cells[before].lstrip("<>")) and score[place] > score[before]:
                    message = f"the percentile falls from {cells[before]} to {cells[place]} where the score rises to {score[place]:g}"
                    yield Finding(found.source, message, f"{LOOK}: is it the right row and column?", "percentile", found.line(place))


def warn_interval(subject: Subject) -> Iterator[Finding]:
    """The ends of printed intervals lie about as far from the score on one row as on the others."""
    for found in subject.norm_tables("lookup", "ranges"):
        if not {"score", "ci_low", "ci_high"} <= set(found.rows.columns):
            continue
        for column, way in (("ci_low", "below"), ("ci_high", "above")):
            distance = np.abs(found.numbers(column) - found.numbers("score"))
            place = _unlike(distance, printed_unit(found.rows.text(column)))
            if place is not None:
                rest = np.delete(distance, place)
                message = f"{column} lies {distance[place]:g} {way} the score, and {np.nanmin(rest):g} to {np.nanmax(rest):g} on all other rows"
                yield Finding(found.source, message, LOOK, column, found.line(place))


def _unlike(distance: np.ndarray, unit: float) -> int | None:
    """The one row whose distance lies outside those of all others by more than they differ among themselves."""
    known = distance[~np.isnan(distance)]
    if len(known) < FEWEST_ROWS:
        return None
    place = int(np.nanargmax(np.abs(distance - np.median(known))))
    rest = np.delete(distance, place)
    low, high = float(np.nanmin(rest)), float(np.nanmax(rest))
    margin = high - low + unit / 2
    return None if low - margin <= distance[place] <= high + margin else place


def band_order(subject: Subject) -> Iterator[Finding]:
    """Along the raw score the bands of a scale follow one another in one order, each once, in every age band and stratum."""
    for found in subject.norm_tables("ranges"):
        if "band" in found.rows:
            yield from _orders(found)


def _orders(found: NormTable) -> Iterator[Finding]:
    (start, stop), names = edges(found.rows), found.rows.text("band")
    follows: dict[tuple[str, str], int] = {}
    for group in found.groups():
        places = sorted((place for place in group.places if start[place] < stop[place]), key=lambda place: start[place])
        seen: dict[str, int] = {}
        for place in places:
            band = names[place]
            if band in seen:
                message = f"the band {band} also stands on line {found.line(seen[band])} for the same children"
                yield Finding(found.source, message, "Write one range for each band", "band", found.line(place))
                break
            contrary = next((other for other in seen if (band, other) in follows), None)
            if contrary is not None:
                message = f"the band {band} comes after {contrary}, and before it on line {follows[band, contrary]}"
                yield Finding(found.source, message, f"Are two bands interchanged? {LOOK}", "band", found.line(place))
                break
            seen[band] = place
        follows |= {(a, b): found.line(seen[a]) for a in seen for b in list(seen)[list(seen).index(a) + 1 :] if (b, a) not in follows}
