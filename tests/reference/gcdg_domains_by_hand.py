"""z of gcdg-domains@1 by plain arithmetic from the files of the pack and the formulas of the method: one child, one node at a time.

P(pass) = logistic((ability - tau) / slope); prior normal, its mean constant + linear * t + log * ln(t + shift) at t years;
ability = mean of prior times likelihoods over the grid, sem its SD; z = (ability - mean) / SD, both on the straight line between
two ages of the table. Nothing of the library is used.
"""

from __future__ import annotations

import csv
import math
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

PACK = Path(__file__).resolve().parents[2] / "norms" / "gcdg-domains" / "1"


class Standing(NamedTuple):
    ability: float
    sem: float
    z: float


class ByHand:
    """The pack as plain rows."""

    def __init__(self) -> None:
        self.manifest: dict[str, Any] = tomllib.loads((PACK / "pack.toml").read_text(encoding="utf-8"))
        self.tau = {row["item"]: float(row["tau"]) for row in rows("tables/difficulties.csv")}
        self.domain = {row["item"]: row["domain"] for row in rows("items.csv")}
        self.norms: dict[str, list[tuple[float, float, float]]] = {}
        for row in rows("tables/norms.csv"):
            self.norms.setdefault(row["scale"], []).append((float(row["age"]), float(row["mean"]), float(row["sd"])))
        self.models = {model["scales"][0]: model for model in self.manifest["irt"]}

    def standing(self, scale: str, age: float, answers: dict[str, int]) -> Standing | None:
        """Ability, its standard error and z; None with fewer than five answers that count, or at an age without norms."""
        given = {item: answer for item, answer in answers.items() if self.domain[item] == scale and item in self.tau}
        table = self.norms[scale]
        if len(given) < 5 or not table[0][0] <= age <= table[-1][0]:
            return None
        ability, sem = self._ability(self.models[scale], age, given)
        place = next((at for at in range(len(table) - 1) if table[at + 1][0] > age), len(table) - 2)
        (low, mean_low, sd_low), (high, mean_high, sd_high) = table[place], table[place + 1]
        share = (age - low) / (high - low)
        mean, sd = mean_low + share * (mean_high - mean_low), sd_low + share * (sd_high - sd_low)
        return Standing(ability, sem, (ability - mean) / sd)

    def _ability(self, model: dict[str, Any], age: float, given: dict[str, int]) -> tuple[float, float]:
        piece, spread, slope = model["prior"]["segments"][0], model["prior"]["sd"], model["slope"]
        mean = piece["constant"] + piece["linear"] * age + piece["log"] * math.log(age + piece["shift"])
        grid = model["grid"]
        nodes = [grid["from"] + step * grid["by"] for step in range(round((grid["to"] - grid["from"]) / grid["by"]) + 1)]
        weights = []
        for node in nodes:
            weight = math.exp(-0.5 * ((node - mean) / spread) ** 2)
            for item, answer in given.items():
                chance = 1 / (1 + math.exp(-(node - self.tau[item]) / slope))
                weight *= chance if answer == 1 else 1 - chance
            weights.append(weight)
        total = math.fsum(weights)
        first = math.fsum(w * q for w, q in zip(weights, nodes, strict=True)) / total
        second = math.fsum(w * (q - first) ** 2 for w, q in zip(weights, nodes, strict=True)) / total
        return first, math.sqrt(second)


def rows(name: str) -> list[dict[str, str]]:
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: float, decimals: int) -> float:
    """Rounded half away from zero, from the exact binary number."""
    scaled = abs(Fraction(value)) * 10**decimals
    return math.copysign(math.floor(scaled + Fraction(1, 2)) / 10**decimals, value)
