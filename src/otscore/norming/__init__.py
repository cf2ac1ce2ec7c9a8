"""For those who have norms: printed tables into a pack, and a pack to begin with."""

from otscore.norming.importing import Imported, Told, import_norms
from otscore.norming.pictures import (
    plot_bands,
    plot_comparison,
    plot_norm_curves,
    plot_observed,
    plot_observed_z,
    plot_percentiles,
    plot_scores,
    plot_worms,
)
from otscore.norming.plan import CompositePlan, Plan, ScalePlan, parse_ages, parse_composite, parse_scale
from otscore.norming.scaffold import write_scaffold

__all__ = [
    "CompositePlan", "Imported", "Plan", "ScalePlan", "Told", "import_norms", "parse_ages", "parse_composite", "parse_scale",
    "plot_bands", "plot_comparison", "plot_norm_curves", "plot_observed", "plot_observed_z", "plot_percentiles", "plot_scores", "plot_worms",
    "write_scaffold",
]  # fmt: skip
