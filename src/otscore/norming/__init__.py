"""For those who have norms: printed tables into a pack, and a pack to begin with."""

from otscore.norming.importing import Imported, Told, import_norms
from otscore.norming.plan import CompositePlan, Plan, ScalePlan, parse_ages, parse_composite, parse_scale
from otscore.norming.scaffold import write_scaffold

__all__ = [
    "CompositePlan", "Imported", "Plan", "ScalePlan", "Told", "import_norms", "parse_ages", "parse_composite", "parse_scale", "write_scaffold",
]  # fmt: skip
