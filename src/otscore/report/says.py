"""One result in words: what was measured, how sure, and what it means to somebody who is no professional."""

from __future__ import annotations

from otscore.codes import STATUS_REASONS, UNORDERED, Kind, Metric
from otscore.kernel.age_equivalent import age_equivalent_text
from otscore.kernel.metric import percentile_text
from otscore.profile.follow_up import NO_ERROR, OPEN
from otscore.profile.models import DomainResult, ScaleResult
from otscore.profile.open_domains import NOT_ASSESSED
from otscore.report.foreign import LONG, foreign
from otscore.report.words import Words

DAYS_PER_MONTH, YEARS_FROM_MONTHS = 30.4375, 24
FEWER_THAN_ONE = 0.5
AE, BASE_RATE, PERCENT = Metric.AGE_EQUIVALENT.value, Metric.BASE_RATE.value, Metric.PERCENT.value


def age_in_words(days: float | None, words: Words) -> str:
    """An age in days, with about how many months or years that is."""
    if days is None:
        return ""
    told, months = words("age.day_1" if days == 1 else "age.days", n=words.number(days, 0)), int(days // DAYS_PER_MONTH)
    if months < 1:
        return told
    years, rest = divmod(months, 12) if months >= YEARS_FROM_MONTHS else (0, months)
    parts = [words("age.years", n=str(years)) if years else "", words("age.month_1" if rest == 1 else "age.months", n=str(rest)) if rest else ""]
    return words("age.about", age=" ".join(filter(None, parts)), days=told)


def result_in_words(result: ScaleResult, words: Words) -> str:
    """The score with its metric and class; why there is none."""
    if result.status != "ok":
        return words("result.not_scored")
    band = words.band(result.band, result.pack) if result.band else ""
    if result.score is None:
        return _without_score(result, band, words)
    told = _score(result, result.score, words)
    return words("result.with_band", result=told, band=band) if band else told


def _without_score(result: ScaleResult, band: str, words: Words) -> str:
    if band:
        return words("result.criterion_band" if result.kind is Kind.CRITERION else "result.band", band=band)
    return words("result.plain") if result.raw is None else words("result.raw", raw=words.number(result.raw))


def _score(result: ScaleResult, score: float, words: Words) -> str:
    if result.metric == BASE_RATE:
        return words("result.base_rate", score=words.number(score)) if score < 100 else words("result.nothing")
    if result.metric == PERCENT:
        told = f"{words.number(score)} {words('language.percent')}"
    else:
        number = str(age_equivalent_text(score)) if result.metric == AE else words.number(score, _digits(result))
        told = words("result.scored", metric=words(f"metric.{result.metric or 'none'}"), score=number)
    end = next((flag for flag in ("score_or_less", "score_or_more") if flag in result.flags), "")
    return words(f"result.{end.removeprefix('score_')}", result=told) if end else told


def _digits(result: ScaleResult) -> int | None:
    """A z score has two decimals; other scores have their own."""
    return 2 if result.metric == Metric.Z else None


def interval_in_words(result: ScaleResult, words: Words) -> str:
    """The interval of the score with its level; empty where there is none."""
    if result.ci_low is None or result.ci_high is None or result.ci_level is None:
        return ""
    low, high = (str(age_equivalent_text(end)) if result.metric == AE else words.number(end, _digits(result)) for end in (result.ci_low, result.ci_high))
    return words("result.interval", low=low, high=high, level=words.number(100 * result.ci_level))


def percentile_in_words(value: float | None, words: Words) -> str:
    """A percentile as norm tables print it."""
    return "" if value is None else str(percentile_text(value)).replace(".", words("language.decimal"))


def plain_words(domain: DomainResult, words: Words) -> str:
    """The main result of a domain for somebody who knows no statistics."""
    result = domain.headline
    if result is None:
        if not domain.scales:
            return words("plain.not_assessed")
        return words("plain.not_scored", reason=words(f"status.{domain.scales[0].status}"))
    if result.metric == BASE_RATE and result.score is not None:
        return words("plain.base_rate", score=words.number(result.score)) if result.score < 100 else words("plain.base_rate_none")
    if result.percentile is None:
        return words(f"plain.{result.kind.value}")
    told = _percentile(result.percentile, words)
    return f"{told} {words('plain.turned')}" if turned(result) else told


def _percentile(value: float, words: Words) -> str:
    shown, count = percentile_in_words(value, words), int(value + 0.5)
    if value < FEWER_THAN_ONE:
        return words("plain.percentile_low", percentile=shown)
    if value >= 100 - FEWER_THAN_ONE:
        return words("plain.percentile_high", percentile=shown)
    key = "plain.percentile_1" if count == 1 else "plain.percentile"
    return words(key, percentile=shown, count=str(count))


def turned(result: ScaleResult) -> bool:
    """Whether a higher score is less able: the percentile reads like the score, z rises with ability."""
    if result.z is not None and result.percentile is not None:
        return (result.percentile - 50) * result.z < -0.5
    return result.higher_is == "less_able" and result.score is not None and result.metric not in (AE, BASE_RATE, Metric.Z)


REASONS = {text: f"status.{status}" for status, text in STATUS_REASONS.items()} | {
    NOT_ASSESSED: "result.not_assessed", NO_ERROR: "reason.no_error", OPEN: "reason.end_open", UNORDERED: "reason.unordered",
}  # fmt: skip
BEGUN = {"scores in fewer than 2 domains: ": "reason.too_few_domains", "a standard error is known in ": "reason.too_few_errors"}
"""Reasons that go on with figures."""


def reason_in_words(reason: str, words: Words) -> str:
    """A reason of the library in the language of the report, where it is a common one; else as it is."""
    return "; ".join(_reason(part, words) for part in reason.split("; "))


def refusal_in_words(refusal: str, words: Words) -> str:
    """The same for what is refused by name: ``name: reason``."""
    name, colon, reason = refusal.partition(": ")
    return f"{foreign(name, LONG)}: {words(REASONS[reason])}" if colon and reason in REASONS else foreign(refusal, LONG)


def _reason(part: str, words: Words) -> str:
    key = REASONS.get(part) or next((key for start, key in BEGUN.items() if part.startswith(start)), None)
    return foreign(part, LONG) if key is None else words(key)


def to_know(result: ScaleResult, words: Words) -> str:
    """What must be known of a result: why there is none, its flags."""
    if result.status != "ok":
        return words(f"status.{result.status}")
    told = words.listed("flag", result.flags)
    return "; ".join(filter(None, (told, words("result.turned") if turned(result) else "")))
