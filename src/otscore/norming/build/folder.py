"""Where raw data lie that no pack holds."""

from __future__ import annotations

import os
from pathlib import Path

from otscore.errors import Issue, UsageError

REFERENCE = "OTSCORE_REFERENCE"


def raw_data(data: Path | None, recipe: Path) -> Path:
    """The folder of raw data: the one named, or that of OTSCORE_REFERENCE. Raises UsageError where neither is."""
    if data is None and not os.environ.get(REFERENCE):
        hint = f"Name their folder: --data DIR, or the environment variable {REFERENCE}"
        raise UsageError(Issue("no_data", "the raw data lie outside the pack", hint, str(recipe)))
    return data if data is not None else Path(os.environ[REFERENCE])
