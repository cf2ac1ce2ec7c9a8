"""Fixtures of the reference tests: the D-score data, and scores of all visits, each computed once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dscore_data import Reference, ScoreVisits

import otscore


@pytest.fixture(scope="session")
def reference(shared: Path) -> Reference:
    """What is known of the D-score without the library."""
    return Reference(shared)


@pytest.fixture(scope="session")
def score_visits(reference: Reference) -> ScoreVisits:
    """Scores of all 28,465 visits with one edition and its options, from the wide table with all item columns."""

    @cache
    def score(edition: str, **options: Any) -> otscore.Scores:
        scorer = otscore.Scorer.load(edition, **options)
        return scorer.score_frame(reference.wide, id="row", age_days="agedays")

    return score
