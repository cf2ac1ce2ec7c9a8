"""Ages in words and on an axis."""

from __future__ import annotations

from collections.abc import Sequence

from otscore.report.picture_words import Said

DAYS_PER_MONTH = 30.4375
YEARS_FROM = 36.0
"""Months from which on ages are told in years."""


def age_words(days: float, say: Said) -> str:
    """Days below two months, months with one decimal below three years, then years."""
    months = days / DAYS_PER_MONTH
    if abs(months) < 2:
        return f"{days:.0f} {say('days')}"
    return f"{months:.1f} {say('months')}" if months < YEARS_FROM else f"{months / 12:.1f} {say('years')}"


def axis_of_ages(ages_days: Sequence[float], say: Said) -> tuple[str, float]:
    """The unit of an axis that holds these ages, and how many days one is."""
    oldest = max(ages_days, default=0.0) / DAYS_PER_MONTH
    return (say("months"), DAYS_PER_MONTH) if oldest < YEARS_FROM else (say("years"), 12.0 * DAYS_PER_MONTH)
