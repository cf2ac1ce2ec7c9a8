"""Two versions of a pack scored side by side: which scores change, at which ages, by how much; and which version that asks for."""

from __future__ import annotations

from otscore.rescore.compare import Cell, ScaleChange, rescore
from otscore.rescore.level import LEVELS, Needed, needed, raised

__all__ = ["LEVELS", "Cell", "Needed", "ScaleChange", "needed", "raised", "rescore"]
