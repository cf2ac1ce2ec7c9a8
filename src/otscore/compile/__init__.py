"""From a pack to read-only arrays. All look-ups of names end here; the engine sees positions only."""

from __future__ import annotations

from otscore.compile.form import CompositeForm, Form, compile_form
from otscore.compile.options import Options
from otscore.compile.scales import ScaleForm

__all__ = ["CompositeForm", "Form", "Options", "ScaleForm", "compile_form"]
