"""Validity indices: what a protocol shows beside its scores - gaps, guesses, contradictions, the same answer again and again.

Each takes what stands in the items of the index, (n, k) with NaN = no answer, and gives (n,).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def n_missing(points: Floats) -> Floats:
    """How many items have no answer that counts."""
    count: NDArray[np.int64] = np.isnan(points).sum(axis=1)
    return count.astype(np.float64)


def how_many(marked: NDArray[np.bool_]) -> Floats:
    """How many items are marked, as estimated or guessed, say; marked : (n, k)."""
    found: NDArray[np.int64] = marked.sum(axis=1)
    return found.astype(np.float64)


def complete_pairs(points: Floats) -> NDArray[np.int64]:
    """How many pairs have both answers, (n,); the items of a pair stand side by side."""
    complete: NDArray[np.int64] = (~np.isnan(points[:, 0::2]) & ~np.isnan(points[:, 1::2])).sum(axis=1)
    return complete


def n_coded(answers: Floats, codes: Floats) -> Floats:
    """How many answers are one of the codes of their item; codes : (k, c), NaN where an item has fewer."""
    found: NDArray[np.int64] = (answers[:, :, None] == codes).any(axis=2).sum(axis=1)
    return found.astype(np.float64)


def pair_differences(points: Floats) -> Floats:
    """Sum of the differences within pairs of items that say much the same, (n,); the items of a pair stand side by side.

    A pair with an answer missing adds nothing.
    """
    apart = np.abs(points[:, 0::2] - points[:, 1::2])
    total: Floats = np.where(np.isnan(apart), 0.0, apart).sum(axis=1)
    return total


def longest_same(answers: Floats) -> Floats:
    """Most equal answers in a row, in the order of the items; an item without an answer ends a row."""
    run = longest = (~np.isnan(answers[:, 0])).astype(np.float64)
    for place in range(1, answers.shape[1]):
        given = ~np.isnan(answers[:, place])
        run = np.where(answers[:, place] == answers[:, place - 1], run + 1.0, given.astype(np.float64))
        longest = np.maximum(longest, run)
    return longest
