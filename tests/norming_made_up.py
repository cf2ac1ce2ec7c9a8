"""A sample and a model whose figures can be worked out by hand, for the tests of building packs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.norming.build.recipe import Recipe, recipe_of
from otscore.norming.fit.model import NormScore

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Straight:
    """Raw scores normal with mean ``start + slope * age`` and one SD; ``bent`` moves z before it is told."""

    start: float = 0.0
    slope: float = 2.0
    sd: float = 4.0
    ages: tuple[float, float] = (5.0, 8.0)
    limits: tuple[float, float] = (-3.0, 3.0)
    bent: Callable[[Floats, Floats], Floats] = lambda z, raw: z
    method: str = "straight"
    n: int = 100
    n_parameters: float = 3.0

    def score(self, raw: Floats, age: Floats) -> NormScore:
        z = self.bent((raw - self.start - self.slope * age) / self.sd, raw)
        side = np.where(z >= self.limits[1], 1, np.where(z <= self.limits[0], -1, 0)).astype(np.int8)
        return NormScore(np.clip(z, *self.limits), side)

    def value(self, z: Floats, age: Floats) -> Floats:
        told = (z >= self.limits[0]) & (z <= self.limits[1])
        return np.where(told, self.start + self.slope * age + self.sd * z, np.nan)


def document(**changes: Any) -> dict[str, Any]:
    """A recipe as plain data; ``scale``, ``age``, ``data`` change keys of that part, other names the part itself."""
    scale = {
        "id": "hop", "domain": "gross_motor", "column": "total", "range": [0, 30], "model": {"method": "regression", "mean_degree": 1, "log_sd_degree": 0},
        "metric": "t", "decimals": 0, "limits": [20, 80],
    } | changes.pop("scale", {})  # fmt: skip
    data = {"file": "sample.csv", "read": "2031-02-03", "citation": "Invented for tests, nobody, 2031.", "age": "age_years"} | changes.pop("data", {})
    age = {"unit": "years", "from": 5, "below": 8, "bands": [5, 6, 7, 8]} | changes.pop("age", {})
    return {
        "schema": 1, "instrument": "fidget", "edition": "2031", "name": "Fidget", "title": "Fidget, invented", "summary": "Invented for tests: hops.",
        "rights": "Invented.", "status": "synthetic", "intended_use": "Tests of the library.", "data": data,
        "licence": {"figures": "Invented, free.", "evidence": "Written for the tests."}, "age": age, "group": {"label": "Nobody"}, "scales": [scale],
    } | changes  # fmt: skip


def recipe(**changes: Any) -> Recipe:
    """The recipe of `document`."""
    return recipe_of(document(**changes), "recipe.toml")


def rows(n: int = 240, seed: int = 7) -> list[dict[str, str]]:
    """Children of 5 to below 8 years: raw about 2 age, SD 4, whole, from 0 to 30; seconds log-normal."""
    rng = np.random.default_rng(seed)
    age, z = rng.uniform(5.0, 8.0, n).round(3), rng.standard_normal(n)
    age = np.minimum(age, 7.999)
    raw = np.clip(np.rint(2.0 * age + 4.0 * z), 0, 30)
    seconds = np.exp(3.5 - 0.2 * age + 0.25 * rng.standard_normal(n))
    sex = rng.choice(["m", "f"], n)
    columns = zip(range(n), age, raw, seconds, sex, rng.uniform(0.5, 2.0, n), strict=True)
    return [
        {"child": f"c{number}", "age_years": f"{a:.3f}", "total": f"{r:.0f}", "seconds": f"{s:.3f}", "sex": x, "weight": f"{w:.3f}"}
        for number, a, r, s, x, w in columns
    ]  # fmt: skip


def csv_text(found: list[dict[str, str]]) -> str:
    """Rows as a CSV file."""
    return "\n".join([",".join(found[0]), *(",".join(row.values()) for row in found)]) + "\n"
