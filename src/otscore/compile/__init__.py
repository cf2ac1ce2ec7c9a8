"""From a pack to read-only arrays. All look-ups of names end here; the engine sees positions only."""

from __future__ import annotations

from otscore.compile.form import CompositeForm, Form, ScaleForm, compile_form
from otscore.compile.options import Options

__all__ = ["CompositeForm", "Form", "Options", "ScaleForm", "compile_form"]
