"""Our norm tables beside those of the R package cNORM 3.6.0, made of the same two samples, where its results are stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from timing import shared_folder

from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.beta_binomial_moments import fit_beta_binomial_moments
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.rank import rank_by_group, rank_by_window
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shash import fit_shash, fit_shash_with_delta
from otscore.norming.fit.taylor import fit_taylor

Children = pd.DataFrame


def _grouped(table: Children, descending: bool = False, weight: pd.Series | None = None) -> Sample:
    return sample(table["raw"], table["group"], weight, descending)


def _aged(table: Children) -> Sample:
    return sample(table["raw"], table["age"])


def _group_and_age(table: Children) -> NormModel:
    return fit_taylor(_aged(table), rank_by_group(_aged(table), table["group"]))


MODELS: dict[str, Callable[[Children], NormModel]] = {
    "elfe_group_k5t3": lambda table: fit_taylor(_grouped(table)),
    "elfe_group_k4t4": lambda table: fit_taylor(_grouped(table), score_power=4, age_power=4),
    "elfe_group_k4t3_terms4": lambda table: fit_taylor(_grouped(table), score_power=4, age_power=3, terms=4),
    "elfe_group_descend": lambda table: fit_taylor(_grouped(table, descending=True)),
    "elfe_bb2": lambda table: fit_beta_binomial(_grouped(table), 28),
    "elfe_bb_mode1": lambda table: fit_beta_binomial_moments(_grouped(table), 28),
    "elfe_shash": lambda table: fit_shash(_grouped(table)),
    "ppvt_group": lambda table: fit_taylor(_grouped(table)),
    "ppvt_age_width1": lambda table: fit_taylor(_aged(table), rank_by_window(_aged(table), 1.0)),
    "ppvt_group_and_age": _group_and_age,
    "ppvt_bb2": lambda table: fit_beta_binomial(_aged(table), 228),
    "ppvt_bb2_deg22": lambda table: fit_beta_binomial(_aged(table), 228, 2, 2),
    "ppvt_shash": lambda table: fit_shash(_aged(table)),
    "ppvt_shash_nodelta": lambda table: fit_shash_with_delta(_aged(table)),
}


def beside_the_peer() -> None:
    """Print how far T by raw score and age are from the peer's, where both tell more than a limit."""
    shared = shared_folder()
    folder = None if shared is None else shared / "reference" / "cnorm"
    if folder is None or not folder.is_dir():
        print("\ncNORM: skipped, its stored results are not beside this checkout")
        return
    print("\nT beside cNORM 3.6.0, by raw score, at the ages stored (scores within the limits of both; untold: ours gives none, as several T have that raw score)")
    print(f"{'model':24} {'ages':>5} {'scores':>7} {'largest':>9} {'mean':>9} {'untold':>7}")
    for tag, fit in MODELS.items():
        model = fit(pd.read_csv(folder / "data" / f"{tag.split('_')[0]}.csv"))
        files = sorted(folder.glob(f"{tag}_rawtable_*.csv")) or sorted(folder.glob(f"{tag}_normtable_*.csv"))
        found = [differences(model, file) for file in files]
        every = np.concatenate(found)
        print(f"{tag:24} {len(files):5} {every.size:7} {np.nanmax(every):9.5f} {np.nanmean(every):9.5f} {np.isnan(every).sum():7}")


def differences(model: NormModel, file: Path) -> np.ndarray:
    """Absolute differences in T of the scores of one table; NaN where ours tells none."""
    table = pd.read_csv(file)
    raw = table["raw" if "raw" in table else "x"].to_numpy(dtype=np.float64)
    theirs = table["norm"].to_numpy(dtype=np.float64)
    told = model.score(raw, np.full(raw.size, float(file.stem.rsplit("_", 1)[1])))
    low, high = model.limits
    both = (told.off_scale == 0) & (theirs > 50 + 10 * low) & (theirs < 50 + 10 * high)
    return np.abs(50.0 + 10.0 * told.z - theirs)[both]
