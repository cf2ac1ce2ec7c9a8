"""Classes of a composite, formed by counting how many members stand in which band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BandCount:
    """(n,) a condition: between ``at_least`` and ``at_most`` members stand in the band with this number."""

    band: NDArray[np.int16]
    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A class: all its conditions hold, and no member is missing where ``needs_all``."""

    conditions: tuple[BandCount, ...]
    needs_all: bool


def level_of(bands: NDArray[np.int16], rules: tuple[LevelRule, ...], min_members: int) -> NDArray[np.int16]:
    """Number of the first rule that holds for each child, (n,), -1 where none holds or too few members have a band.

    bands : (n, m) band number of each member, -1 = missing. ``BandCount.band`` holds the number meant for each member.
    """
    known = (bands >= 0).sum(axis=1)
    level = np.full(len(bands), -1, dtype=np.int16)
    for number, rule in reversed(list(enumerate(rules))):
        holds = np.ones(len(bands), dtype=np.bool_)
        for condition in rule.conditions:
            inside = (bands == condition.band).sum(axis=1)
            holds &= (inside >= condition.at_least) & (inside <= condition.at_most)
        if rule.needs_all:
            holds &= known == bands.shape[1]
        level[holds] = number
    level[known < min_members] = -1
    return level
