"""The reference results of the R package dscore 1.10.0, the data they were made from, and what the data alone call for.

Nothing here asks the library anything: expectations come from the files of the shared folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import otscore

Floats = NDArray[np.float64]
ScoreVisits = Callable[..., otscore.Scores]

EDITION_OF_KEY = {
    "gcdg": "gsed@gcdg",
    "gsed2406": "gsed@2406",
    "gsed2212": "gsed@2212",
    "gsed1912": "gsed@1912",
    "dutch": "gsed@dutch",
    "293_0": "gsed@293_0",
}
BASE_POPULATION = {
    "gcdg": "gcdg",
    "gsed2406": "preliminary_standards",
    "gsed2212": "phase1",
    "gsed1912": "gcdg",
    "dutch": "dutch",
    "293_0": "phase1",
}
"""The population that the DAZ of a key refers to unless another is asked for."""

PRIOR_SEGMENTS: dict[str, list[dict[str, float]]] = {
    "dutch": [{"constant": 44.35, "linear": -1.8, "log": 28.47, "shift": 0.25}],
    "gcdg": [{"constant": 47.65, "linear": -3.05, "log": 26.70, "shift": 0.19}],
    "phase1": [
        {"upto": 0.75, "constant": 20.5883, "linear": 27.3376, "log": 6.4254, "shift": 0.2},
        {"upto": 3.5, "constant": 14.63748, "linear": -12.11774, "log": 69.05463, "shift": 0.92},
        {"constant": 61.37967, "linear": 3.83513},
    ],
    "preliminary_standards": [
        {"upto": 0.75, "constant": 24.522, "linear": 23.886, "log": 9.190, "shift": 0.2},
        {"upto": 3.5, "constant": 18.434, "linear": -9.206, "log": 61.255, "shift": 0.92},
        {"constant": 62.6268, "linear": 4.0},
    ],
}
"""Prior mean by age in years, from the notes on the package (reference/README.md, 1.1); the SD is 5."""
AGE_FROM = {"gsed2406": -1 / 12}


@dataclass(frozen=True)
class Reference:
    """Everything of the shared folder that concerns the D-score."""

    folder: Path

    @cached_property
    def visits(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "microdata/childdevdata/visits.csv.gz")

    @cached_property
    def responses(self) -> pd.DataFrame:
        """A row per answer: row (of visits, from 1), item, score."""
        return pd.read_csv(self.folder / "microdata/childdevdata/responses_long.csv.gz")

    @cached_property
    def items(self) -> list[str]:
        """The 1,299 items of childdevdata."""
        return sorted(self.responses["item"].unique())

    @cached_property
    def answers(self) -> Floats:
        """(visits, items) of 1, 0 and NaN."""
        block = np.full((len(self.visits), len(self.items)), np.nan)
        place = pd.Index(self.items).get_indexer(self.responses["item"])
        block[self.responses["row"].to_numpy() - 1, place] = self.responses["score"].to_numpy()
        return block

    @cached_property
    def wide(self) -> pd.DataFrame:
        """A row per visit: row, agedays and a column per item."""
        return pd.concat([self.visits[["row", "agedays"]], pd.DataFrame(self.answers, columns=self.items)], axis=1)

    @cached_property
    def long(self) -> pd.DataFrame:
        """A row per answer: row, agedays, item, score."""
        return self.responses.merge(self.visits[["row", "agedays"]], on="row")

    @cached_property
    def age_years(self) -> Floats:
        """Decimal age as the package rounds it."""
        return np.round(self.visits["agedays"].to_numpy(dtype=np.float64) / 365.25, 4)

    @lru_cache  # noqa: B019 - one instance a session
    def of(self, name: str) -> pd.DataFrame:
        """One result file by its name without ending."""
        files = [self.folder / "reference/dscore" / f"{name}{ending}" for ending in (".csv", ".csv.gz")]
        return pd.read_csv(next(file for file in files if file.is_file()))

    def names(self, prefix: str) -> list[str]:
        """The result files whose name begins so."""
        found = (self.folder / "reference/dscore").glob(f"{prefix}*.csv*")
        return sorted(file.name.partition(".csv")[0] for file in found)

    @lru_cache  # noqa: B019
    def sample(self, name: str) -> pd.DataFrame:
        """One input file of the small samples."""
        return pd.read_csv(self.folder / "reference/dscore/inputs" / f"{name}.csv")

    @lru_cache  # noqa: B019
    def difficulties(self, key: str) -> dict[str, float]:
        """Item -> difficulty, for the items of the key that have one."""
        table = pd.read_csv(self.folder / f"figures/dscore/key_{key}.csv").dropna()
        return dict(zip(table["item"], table["tau"], strict=True))

    @lru_cache  # noqa: B019
    def key(self, key: str) -> dict[str, Any]:
        """Scale, intercept and grid of a key."""
        table = pd.read_csv(self.folder / "figures/dscore/builtin_keys.csv").set_index("key")
        return dict(table.loc[key])

    def grid(self, key: str) -> tuple[float, float, float]:
        row = self.key(key)
        return float(row["from"]), float(row["to"]), float(row["by"])

    @lru_cache  # noqa: B019
    def curve_ages(self, key: str, population: str) -> tuple[float, float]:
        """First and last age with a row in the reference table."""
        table = pd.read_csv(self.folder / "figures/dscore/builtin_references.csv")
        age = table.loc[(table["key"] == key) & (table["population"] == population), "age"]
        return float(age.min()), float(age.max())

    def expected_status(self, n: Floats, age: Floats, key: str, population: str) -> NDArray[np.str_]:
        """What the number of scored items and the age call for; a DAZ is given within the reference table only."""
        youngest, oldest = self.curve_ages(key, population)
        choices = [n == 0, np.isnan(age), age < youngest, age > oldest]
        return np.select(choices, ["no_items", "age_missing", "below_age", "above_age"], default="ok")

    @lru_cache  # noqa: B019
    def scored_items(self, key: str) -> Floats:
        """Number of answers to items of the key, visit by visit."""
        known = np.isin(self.items, list(self.difficulties(key)))
        return np.count_nonzero(~np.isnan(self.answers[:, known]), axis=1).astype(np.float64)


def assert_same(actual: Floats, expected: Any, tolerance: float = 0.0, what: str = "") -> None:
    """Both absent, or both present and no further apart than the tolerance; 0 asks for the very same number."""
    expected = np.asarray(expected, dtype=np.float64)
    assert actual.shape == expected.shape, what
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected), err_msg=f"{what}: present and absent")
    both = ~np.isnan(expected)
    apart = np.abs(actual[both] - expected[both])
    worst = int(np.argmax(apart)) if apart.size else 0
    assert (apart <= tolerance).all(), (
        f"{what}: {np.sum(apart > tolerance)} differ, most {apart[worst]:.3g} "
        f"(row {np.flatnonzero(both)[worst]}: {actual[both][worst]!r} instead of {expected[both][worst]!r})"
    )


def passed(proportion: Any, n: Any) -> Floats:
    """Number of passed items, from the proportion that is printed with four decimals."""
    count = np.asarray(proportion, dtype=np.float64) * np.asarray(n, dtype=np.float64)
    assert np.nanmax(np.abs(count - np.rint(count)), initial=0.0) < 0.02, "not a share of so many items"
    return np.rint(count)
