"""otscore: responses in, a domain profile out, by norms anyone can inspect.

>>> import otscore
>>> scorer = otscore.Scorer.load("gsed@2406")
>>> profile = scorer.score({"id": "c1", "age_days": 400, "responses": {"gs1moc060": 1, "gs1lgc062": 0}})
>>> profile.domain("cognitive").evidence
'not_assessed'

Nothing is computed or read at import; the names below are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from otscore.version import __version__

if TYPE_CHECKING:
    from otscore.api import Battery, PackInfo, Scorer, packs
    from otscore.compile import Options
    from otscore.errors import (
        AgeMissing,
        IllegalAnswer,
        Issue,
        OtscoreError,
        PackConflict,
        PackError,
        PackInvalid,
        PackNotFound,
        ResponseError,
        UnknownItem,
        UsageError,
    )
    from otscore.profile.models import Profile
    from otscore.profile.progress import progress
    from otscore.profile.progress_models import Progress, RetestFigures
    from otscore.profile.scores import Scores

_HOMES = {
    "otscore.api": ("Battery", "PackInfo", "Scorer", "packs"),
    "otscore.compile": ("Options",),
    "otscore.errors": (
        "AgeMissing", "IllegalAnswer", "Issue", "OtscoreError", "PackConflict", "PackError", "PackInvalid",
        "PackNotFound", "ResponseError", "UnknownItem", "UsageError",
    ),
    "otscore.profile.models": ("Profile",),
    "otscore.profile.progress": ("progress",),
    "otscore.profile.progress_models": ("Progress", "RetestFigures"),
    "otscore.profile.scores": ("Scores",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AgeMissing", "Battery", "IllegalAnswer", "Issue", "Options", "OtscoreError", "PackConflict", "PackError", "PackInfo",
    "PackInvalid", "PackNotFound", "Profile", "Progress", "ResponseError", "RetestFigures", "Scorer", "Scores", "UnknownItem",
    "UsageError", "__version__", "packs", "progress",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
        return value
    raise AttributeError(f"module 'otscore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
