"""The profile picture as inline SVG, drawn without any library: an interval bar for each domain on a scale of SDs.

Shape tells what colour tells: a filled circle with a bar has an interval, an empty diamond has none; the bands differ in lightness and
are named above.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from otscore.profile.models import DomainResult, Profile, ScaleResult
from otscore.report.foreign import inert, without_isolates
from otscore.report.says import result_in_words
from otscore.report.words import Words

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 168, 564, 40, 23
LIMIT = 4.0
BANDS = ((-4.0, -2.0, "#d9d9d9", "far_below"), (-2.0, -1.0, "#ececec", "below"), (-1.0, 1.0, "#ffffff", "middle"),
         (1.0, 2.0, "#ececec", "above"), (2.0, 4.0, "#d9d9d9", "far_above"))  # fmt: skip
PERCENTILES = ((-2, "2"), (-1, "16"), (0, "50"), (1, "84"), (2, "98"))
INK, BAR, FAINT, RULE = "#1a1a1a", "#0b4f8a", "#4a4a4a", "#8a8a8a"
LONGEST = 36


def profile_svg(profile: Profile, words: Words, stamp: str = "") -> str:
    """The picture; ``stamp`` is written across its foot where the norms are invented."""
    height = TOP + ROW * len(profile.domains) + 36 + (20 if stamp else 0)
    rows = "".join(line for place, domain in enumerate(profile.domains) for line in _row(domain, TOP + ROW * place, words))
    title, desc = escape(words("picture.title")), escape(" ".join([words("picture.desc"), *picture_alt(profile, words)]))
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="picture-title picture-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="picture-title">{title}</title><desc id="picture-desc">{without_isolates(desc)}</desc>'
        f"{''.join(_bands(len(profile.domains), words))}{rows}{_foot(len(profile.domains), words, stamp)}</svg>"
    )


def picture_alt(profile: Profile, words: Words) -> tuple[str, ...]:
    """A sentence for each domain: all that the picture shows."""
    return tuple(words("picture.row", domain=words.domain(domain.domain), text=_alt(domain, words)) for domain in profile.domains)


def _alt(domain: DomainResult, words: Words) -> str:
    result = domain.headline
    if result is None or result.z is None:
        return words(f"result.{domain.evidence}") if result is None else result_in_words(result, words)
    return words("picture.row_z", z=words.number(result.z, 2), interval=_interval(result, words))


def _interval(result: ScaleResult, words: Words) -> str:
    if result.z_low is None or result.z_high is None:
        return words("result.no_interval")
    return words("picture.row_interval", low=words.number(result.z_low, 2), high=words.number(result.z_high, 2))


def _x(z: float) -> float:
    share = (min(max(z, -LIMIT), LIMIT) + LIMIT) / (2 * LIMIT)
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _bands(rows: int, words: Words) -> Iterator[str]:
    height = ROW * rows
    for low, high, fill, name in BANDS:
        yield f'<rect x="{_x(low)}" y="{TOP}" width="{_x(high) - _x(low):.1f}" height="{height}" fill="{fill}"/>'
        yield _text((_x(low) + _x(high)) / 2, TOP - 20, words(f"picture.{name}"), "middle", 9, FAINT)
    for z in range(-4, 5):
        dash = "" if z == 0 else ' stroke-dasharray="2 3"'
        yield f'<line x1="{_x(z)}" y1="{TOP}" x2="{_x(z)}" y2="{TOP + height}" stroke="{RULE}"{dash}/>'
        yield _text(_x(z), TOP - 6, words.number(z, 0, sign=True), "middle", 10, INK)
    yield f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{height}" fill="none" stroke="{RULE}"/>'


def _row(domain: DomainResult, top: float, words: Words) -> Iterator[str]:
    middle, result = top + ROW / 2, domain.headline
    yield _text(LEFT - 8, middle + 4, words.domain(domain.domain), "end", 11, INK)
    if result is None or result.z is None:
        told = words(f"result.{domain.evidence}") if result is None else result_in_words(result, words)
        yield _text(RIGHT + 8, middle + 4, told, "start", 10, FAINT)
        return
    yield from _mark(result, result.z, middle)
    yield _text(RIGHT + 8, middle + 4, result_in_words(result, words), "start", 10, INK)


def _mark(result: ScaleResult, z: float, y: float) -> Iterator[str]:
    x, known = _x(z), result.z_low is not None and result.z_high is not None
    if result.z_low is not None and result.z_high is not None:
        width = max(_x(result.z_high) - _x(result.z_low), 1.0)
        yield f'<rect x="{_x(result.z_low)}" y="{y - 4}" width="{width:.1f}" height="8" fill="{BAR}" fill-opacity="0.35" stroke="{BAR}"/>'
    if abs(z) > LIMIT:
        ahead = 6 if z > 0 else -6
        yield f'<path d="M{x - ahead} {y - 5}L{x} {y}L{x - ahead} {y + 5}Z" fill="{INK}"/>'
    elif known:
        yield f'<circle cx="{x}" cy="{y}" r="4.5" fill="{INK}"/>'
    else:
        yield f'<path d="M{x - 5.5} {y}L{x} {y - 5.5}L{x + 5.5} {y}L{x} {y + 5.5}Z" fill="#ffffff" stroke="{INK}" stroke-width="1.6"/>'


def _foot(rows: int, words: Words, stamp: str) -> str:
    y = TOP + ROW * rows + 14
    shown = [_text(_x(z), y, percent, "middle", 9, FAINT) for z, percent in PERCENTILES]
    shown.append(_text(LEFT - 8, y, words("picture.percentile"), "end", 9, FAINT))
    shown.append(_text(_x(0), y + 16, words("picture.axis"), "middle", 9, FAINT))
    if stamp:
        shown.append(f'<text x="{_x(0)}" y="{y + 36}" text-anchor="middle" font-size="14" font-weight="bold" fill="{INK}">{escape(stamp)}</text>')
    return "".join(shown)


def _text(x: float, y: float, text: str, anchor: str, size: int, fill: str) -> str:
    short = escape(inert(without_isolates(text), LONGEST if anchor == "start" else 200))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{short}</text>'
