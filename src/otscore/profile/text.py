"""A profile as a table a person likes to read, on a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from otscore.kernel.metric import percentile_text
from otscore.profile.models import DomainResult, Profile, ScaleResult

HEAD = ("domain", "result", "score", "interval", "percentile", "from")
DAYS_PER_MONTH = 30.4375
WORDS = {"not_assessed": "not assessed", "not_scored": "not scored"}


def profile_text(profile: Profile) -> str:
    """The profile as plain text: a line per domain, then the norms used and their caveats."""
    return "\n".join([profile_table(profile), "", *_notes(profile)])


def profile_table(profile: Profile) -> str:
    """The profile as plain text without the notes: a title, then a line per domain."""
    table = [HEAD, *(_cells(result) for result in profile.domains)]
    widths = [max(len(row[place]) for row in table) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([_title(profile), "", *lines])


def profile_html(profile: Profile) -> str:
    """The same as an HTML fragment without scripts or outside assets."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in HEAD)
    rows = "".join(_html_row(_cells(result)) for result in profile.domains)
    notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(profile))
    title = escape(_title(profile))
    return f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><ul>{notes}</ul>"


def _html_row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"


def _title(profile: Profile) -> str:
    who = "Profile" if profile.id is None else f"Profile of {_one_line(str(profile.id))}"
    if profile.age_days is None:
        return f"{who}, age unknown"
    title = f"{who}, {_months(profile.age_days)}"
    if profile.corrected_age_days is not None:
        title += f" ({_months(profile.corrected_age_days)} corrected; norms read at {profile.age_basis} age)"
    return title


def _months(days: float) -> str:
    months = days / DAYS_PER_MONTH
    return f"{months:.1f} months" if months < 36 else f"{months / 12:.1f} years"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:60]


def _cells(result: DomainResult) -> tuple[str, ...]:
    name = result.domain.value.replace("_", " ")
    if result.headline is None:
        reason = result.scales[0].reason if result.scales else ""
        return name, WORDS[result.evidence], "", "", "", reason
    head = result.headline
    verdict = head.band.replace("_", " ") if head.band else result.evidence
    interval = f"{head.ci_low:g} to {head.ci_high:g} ({head.ci_level:.0%})" if _has_interval(head) else ""
    percent = "" if head.percentile is None else str(percentile_text(head.percentile))
    score = "" if head.score is None else f"{head.metric} {head.score:g}"
    return name, verdict, score, interval, percent, f"{head.pack} {head.scale}" + _marks(head)


def _has_interval(result: ScaleResult) -> bool:
    return result.ci_low is not None and result.ci_high is not None and result.ci_level is not None


def _marks(result: ScaleResult) -> str:
    return f" [{', '.join(result.flags).replace('_', ' ')}]" if result.flags else ""


def _notes(profile: Profile) -> list[str]:
    notes = []
    used = {result.pack for domain in profile.domains for result in domain.scales}
    for pack in profile.packs:
        if pack.pack in used:
            notes.append(f"{pack.pack} {pack.pack_version} ({pack.kind.value}, {pack.status}; norm group {pack.norm_group})")
            notes += [f"  {notice}" for notice in pack.notices]
    return notes
