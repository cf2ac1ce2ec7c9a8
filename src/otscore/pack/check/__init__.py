"""Meaning checks on a pack that was read: is what the files say possible, complete and of one mind?

:func:`check_pack` runs every rule of :data:`RULES`. A finding whose code begins with ``warn_`` does not fail the check.
"""

from __future__ import annotations

from otscore.errors import Issue, PackInvalid
from otscore.pack.check.rules import RULES
from otscore.pack.check.subject import Finding, Rule, Subject, Tier
from otscore.pack.check.template import softened
from otscore.pack.read import Pack

TEMPLATE = "template"
__all__ = ["RULES", "Rule", "check_pack"]


def check_pack(pack: Pack) -> list[Issue]:
    """Every finding about the pack. A file with an error is reported for that, and left alone by the rules of later tiers."""
    found = _unreadable_cases(pack)
    for tier in Tier:
        subject = Subject(pack, frozenset(issue.source for issue in found if not issue.code.startswith("warn_")))
        said = {_row(issue) for issue in found} if tier is Tier.DOUBT else set()
        for rule in RULES:
            if rule.tier is tier:
                found += [issue for issue in (_issue(rule, finding) for finding in rule.check(subject)) if _row(issue) not in said]
                said |= {_row(issue) for issue in found} if tier is Tier.DOUBT else set()
    found = softened(found) if pack.manifest.status == TEMPLATE else found
    return list(dict.fromkeys(found))


def _row(issue: Issue) -> tuple[str, str]:
    """The row that a finding names: a doubt about one of which more is known is not told."""
    line = issue.message.partition(": ")[0]
    return issue.source, line if line.startswith("line ") else issue.message


def _issue(rule: Rule, finding: Finding) -> Issue:
    message = f"line {finding.line}: {finding.message}" if finding.line else finding.message
    return Issue(rule.code, message, finding.hint, finding.source, field=finding.field)


def _unreadable_cases(pack: Pack) -> list[Issue]:
    try:
        pack.cases  # noqa: B018 - read when asked
    except PackInvalid as error:
        return [Issue(issue.code, issue.message, issue.hint, "cases.csv", field=issue.field) for issue in error.issues]
    return []
