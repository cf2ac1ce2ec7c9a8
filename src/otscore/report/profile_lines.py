"""The lines of the profile picture, each with what is drawn and what is written; and the same in words, for those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from otscore.codes import METRIC_MEAN_SD, Metric
from otscore.profile.models import DomainResult, Profile, ScaleResult
from otscore.profile.text import METRIC_WORDS
from otscore.report.ages import age_words
from otscore.report.canvas import SYNTHETIC, clean
from otscore.report.picture_words import Said, said

Shown = Literal["headlines", "results"]
OPEN_FLAGS = {"score_or_less": -1, "score_or_more": 1}
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. label : empty where the domain has been named above. text, source : beside the picture.

    open_side : -1 where the true z may be lower, 1 higher, 0 neither. z is None where the result has no standing: then ``text``
    stands in place of a marker on the axis.
    """

    label: str
    evidence: str
    text: str
    source: str
    z: float | None = None
    z_low: float | None = None
    z_high: float | None = None
    level: float | None = None
    open_side: int = 0
    research: bool = False
    flagged: bool = False


def profile_lines(profile: Profile, words: Mapping[str, str] | None = None, lines: Shown = "headlines") -> list[Line]:
    """A line for each domain, or for each of its results with the headline first."""
    say = said(words)
    return [line for domain in profile.domains for line in _domain(domain, say, lines)]


def profile_alt(profile: Profile, words: Mapping[str, str] | None = None, lines: Shown = "headlines") -> str:
    """The picture in words, a sentence a line: for a screen reader."""
    say = said(words)
    told, name = [f"{profile_title(profile, words, with_id=False)}."], ""
    for line in profile_lines(profile, words, lines):
        name = line.label or name
        level = "" if line.level is None else f", {_percent(line.level)} {say('interval')}"
        source = ", ".join(filter(None, (say(line.evidence) if line.evidence in ("normed", "banded", "criterion") else "", line.source)))
        told.append(f"{name}: {line.text}{level}{f' ({source})' if source else ''}.")
    if any(pack.status == "synthetic" for pack in profile.packs):
        told.insert(0, f"{SYNTHETIC}.")
    return clean_lines(told)


def clean_lines(lines: list[str]) -> str:
    """Sentences in one line, each without what must not be drawn or read."""
    return " ".join(clean(line) for line in lines)


def profile_title(profile: Profile, words: Mapping[str, str] | None = None, *, with_id: bool = True) -> str:
    """Who and at which age."""
    say = said(words)
    who = say("profile") + (f" {profile.id}" if with_id and profile.id is not None else "")
    if profile.age_days is None:
        return f"{who}, {say('age_unknown')}"
    title = f"{who}, {say('age')} {age_words(profile.age_days, say)}"
    if profile.corrected_age_days is None:
        return title
    return f"{title} ({age_words(profile.corrected_age_days, say)} {say('corrected')}; {say('read_at')} {say(profile.age_basis)} {say('age')})"


def _domain(domain: DomainResult, say: Said, lines: Shown) -> list[Line]:
    name = say(domain.domain.value)
    if domain.headline is None:
        reason = f"{say('not_scored')}: {domain.scales[0].reason}" if domain.scales else say("not_assessed")
        return [Line(name, domain.evidence, reason, "")]
    shown = [domain.headline]
    if lines == "results":
        shown += [one for one in domain.scales if one.status == "ok" and one != domain.headline]
    return [_line(name if place == 0 else "", one, say) for place, one in enumerate(shown)]


def _line(label: str, result: ScaleResult, say: Said) -> Line:
    source = f"{result.pack} {result.scale}" + (f", {result.informant}" if result.informant else "")
    flags = set(result.flags)
    research, flagged = "research_use" in flags, bool(flags - {"research_use"})
    if result.z is None:
        return Line(label, result.kind.value, f"{result_words(result, say)} ({say('no_z')})", source, research=research, flagged=flagged)
    low, high, level, interval = None, None, None, ""
    if result.z_low is not None and result.z_high is not None:
        low, high, level = result.z_low, result.z_high, result.ci_level
        interval = f" ({signed(low)} {say('to')} {signed(high)})"
    side = _open_side(result)
    printed = "" if result.metric == Metric.Z and not result.band else result_words(result, say)
    text = f"z {signed(result.z)}{f' {say(OPEN_WORDS[side])}' if side else ''}{interval}"
    told = " · ".join(filter(None, (printed, source)))
    return Line(label, result.kind.value, text, told, result.z, low, high, level, side, research, flagged)


OPEN_WORDS = {-1: "or_less", 1: "or_more"}


def _open_side(result: ScaleResult) -> int:
    """Where z may really lie; a score of which a low one is favourable is turned."""
    side = next((side for flag, side in OPEN_FLAGS.items() if flag in result.flags), 0)
    return side * _direction(result) if side else 0


def _direction(result: ScaleResult) -> int:
    """1 where z rises with the score, -1 where it falls, 0 where this cannot be told."""
    z = result.z or 0.0
    above = 0.0
    if result.percentile is not None:
        above = result.percentile - 50.0
    elif result.score is not None and result.metric in METRIC_MEAN_SD:
        above = result.score - METRIC_MEAN_SD[Metric(result.metric)][0]
    return (above * z > 0.0) - (above * z < 0.0)


def result_words(result: ScaleResult, say: Said) -> str:
    """The score on its own metric, its band."""
    band = result.band.replace("_", " ") if result.band else ""
    if result.score is None:
        return band or ("" if result.raw is None else f"{say('raw')} {result.raw:g}")
    end = next((f" {say(OPEN_WORDS[side])}" for flag, side in OPEN_FLAGS.items() if flag in result.flags), "")
    unit = " %" if result.metric in (Metric.PERCENT, Metric.BASE_RATE) else ""
    word = METRIC_WORDS.get(result.metric or "", (result.metric or "score").replace("_", " "))
    return ", ".join(filter(None, (f"{word} {result.score:.4g}{unit}{end}".replace("-", MINUS), band)))


def signed(value: float) -> str:
    """A z with two decimals and a true minus."""
    return f"{value + 0.0:.2f}".replace("-", MINUS)


def _percent(level: float) -> str:
    return f"{level * 100:g} %"
