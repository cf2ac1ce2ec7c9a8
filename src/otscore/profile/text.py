"""A profile as a table a person likes to read, on a terminal and in a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from html import escape

from otscore.codes import Domain, Metric
from otscore.kernel.age_equivalent import age_equivalent_text
from otscore.kernel.metric import percentile_text
from otscore.profile.models import DomainResult, PackStamp, Profile, ScaleResult

HEAD = ("domain", "result", "interval", "percentile", "evidence", "scale", "to know")
DAYS_PER_MONTH = 30.4375
WIDTH = 110
BASE_RATE = Metric.BASE_RATE.value
DOMAIN_WORDS = {"self_care": "self-care"}
METRIC_WORDS = {
    "t": "T", "standard": "standard score", "scaled": "scaled score", "v_scale": "v-scale score", "nce": "NCE", "scale_15_5": "scale score",
    "standard_10": "standard score", "custom": "score", "growth": "growth score", "criterion": "criterion score",
}  # fmt: skip
PERCENTS = (Metric.PERCENT,)


def profile_text(profile: Profile) -> str:
    """The profile as plain text: a line per result, then the norms used and their caveats."""
    return "\n".join([profile_table(profile), "", *pack_notes(profile)]).rstrip()


def profile_table(profile: Profile) -> str:
    """The profile as plain text without the notes: a title, then the headline of each domain and its further results."""
    table = [HEAD, *_rows(profile)]
    widths = [max(len(row[place]) for row in table) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([_title(profile), "", *lines])


def profile_html(profile: Profile) -> str:
    """The same as an HTML fragment without scripts or outside assets."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in HEAD)
    rows = "".join(_html_row(row) for row in _rows(profile))
    notes = stamp_notes_html(used_packs(profile))
    title = escape(_title(profile))
    return f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}"


def pack_notes(profile: Profile) -> list[str]:
    """The norms behind the results, each with what every reader must know."""
    return stamp_notes(used_packs(profile))


def stamp_notes(packs: Sequence[PackStamp]) -> list[str]:
    """The norms, each with what every reader must know."""
    lines = []
    for pack in packs:
        lines.append(_pack_line(pack))
        for notice in pack.notices:
            lines += textwrap.wrap(notice, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return lines


def stamp_notes_html(packs: Sequence[PackStamp]) -> str:
    """The same as an HTML fragment."""
    return "".join(map(_html_note, packs))


def _html_row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"


def _html_note(pack: PackStamp) -> str:
    notices = "".join(f"<li>{escape(notice)}</li>" for notice in pack.notices)
    return f"<p>{escape(_pack_line(pack))}</p><ul>{notices}</ul>"


def _pack_line(pack: PackStamp) -> str:
    status = pack.status.replace("_", " ")
    told = [f"{pack.kind.value}, {status}", f"norm group {pack.norm_group}", *_choices(pack)]
    return f"{pack.pack} {pack.pack_version} ({'; '.join(told)})"


def _choices(pack: PackStamp) -> Iterator[str]:
    """The choices made beside the pack's own."""
    if pack.age_basis != "pack":
        yield f"norms read at {pack.age_basis} age"
    if pack.rounding == "none":
        yield "unrounded"
    if pack.estimator:
        yield f"estimator {pack.estimator}"
    if pack.relevance:
        yield "relevance window {:g} to {:g}".format(*pack.relevance)
    if pack.historic_scale:
        yield "historic scale"
    if pack.logit:
        yield "ability in logits"
    if pack.prior_without_age:
        yield "prior without age {:g}, SD {:g}".format(*pack.prior_without_age)


def used_packs(profile: Profile) -> list[PackStamp]:
    """The packs that have a result in the profile."""
    used = {result.pack for domain in profile.domains for result in domain.scales}
    return [pack for pack in profile.packs if pack.pack in used]


def _title(profile: Profile) -> str:
    who = "Profile" if profile.id is None else f"Profile of {one_line(str(profile.id))}"
    if profile.age_days is None:
        return f"{who}, age unknown"
    title = f"{who}, {_age(profile.age_days)}"
    if profile.corrected_age_days is not None:
        title += f" ({_age(profile.corrected_age_days)} corrected; norms read at {profile.age_basis} age)"
    return title


def _age(days: float) -> str:
    months = days / DAYS_PER_MONTH
    if abs(months) < 2:
        return f"{days:.0f} days"
    return f"{months:.1f} months" if months < 36 else f"{months / 12:.1f} years"


def one_line(text: str, limit: int = 60) -> str:
    """What a user wrote, without line ends and control characters, cut where it becomes too long."""
    return "".join(char if char.isprintable() else " " for char in text)[:limit]


def _rows(profile: Profile) -> Iterator[tuple[str, ...]]:
    for domain in profile.domains:
        yield (domain_words(domain.domain), *_headline(domain))
        shown = domain.headline or next(iter(domain.scales), None)
        for result in domain.scales:
            if result != shown:
                yield ("", *(_cells(result) if result.status == "ok" else _unscored(result)))


def domain_words(domain: Domain) -> str:
    """The name of a domain as a reader says it."""
    return DOMAIN_WORDS.get(domain, domain.value.replace("_", " "))


def _headline(domain: DomainResult) -> tuple[str, ...]:
    if domain.headline is not None:
        return _cells(domain.headline)
    if not domain.scales:
        return "not assessed", "", "", "", "", ""
    return _unscored(domain.scales[0])


def _unscored(result: ScaleResult) -> tuple[str, ...]:
    return "not scored", "", "", "", f"{result.pack} {result.scale}", result.reason


def _cells(result: ScaleResult) -> tuple[str, ...]:
    interval = ""
    if result.ci_low is not None and result.ci_high is not None and result.ci_level is not None:
        interval = f"{_number(result.ci_low)} to {_number(result.ci_high)} ({result.ci_level * 100:g} %)"
    percent = "" if result.percentile is None else str(percentile_text(result.percentile))
    notes = ", ".join(result.flags).replace("_", " ")
    return _result(result), interval, percent, result.kind.value, f"{result.pack} {result.scale}", notes


def _result(result: ScaleResult) -> str:
    band = result.band.replace("_", " ") if result.band else ""
    if result.score is None and band:
        return band
    if result.score is not None and result.metric == BASE_RATE:
        return f"reported for {_number(result.score)} % of children" if result.score < 100 else "nothing unusual reported"
    if result.score is not None:
        return ", ".join(filter(None, (_scored(result, result.score), band)))
    return "scored" if result.raw is None else f"raw score {_number(result.raw)}"


def _scored(result: ScaleResult, score: float) -> str:
    """The score with the word for its metric, ages in years and months; the end of what can be told, its own or a member's, as such."""
    end = " or less" if "score_or_less" in result.flags else " or more" if "score_or_more" in result.flags else ""
    if result.metric == Metric.AGE_EQUIVALENT:
        return f"age equivalent {age_equivalent_text(score)}{end}"
    if result.metric in PERCENTS:
        return f"{_number(score)} %{end}"
    return f"{METRIC_WORDS.get(result.metric or '', result.metric or 'score')} {_number(score)}{end}"


def _number(value: float) -> str:
    return f"{value + 0.0:g}"
