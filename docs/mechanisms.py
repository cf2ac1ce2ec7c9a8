"""Writes mechanisms.md: every scoring mechanism found in real tests, the fictional pack that needs it, and the test that shows it.

The lines come from SHOWN in tests/packs/test_fictional.py, so a mechanism without a pack is not in the table. Run it after a change there.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "mechanisms.md"
sys.path[:0] = [str(HERE.parent / "tests")]

NAMES = {
    1: ("M", "age by a named convention"), 2: ("M", "months completed, rounded or to the day"), 3: ("M", "correction for early birth"),
    4: ("M", "age at the day of the test, of several the one that counts"), 5: ("M", "norms by any set of keys"), 6: ("M", "form chosen apart from age"),
    7: ("M", "combined norms or those of one sex"), 8: ("S", "norms by grade"), 9: ("S", "what happens outside the ages"),
    10: ("M", "scales and members by age"), 11: ("S", "norms for one population"), 12: ("M", "points of options; does not apply, do not know"),
    13: ("M", "reversed items"), 14: ("M", "measured performance to points"), 15: ("M", "trials"), 16: ("M", "hands"), 17: ("M", "timed items"),
    18: ("S", "criteria, all or none"), 19: ("S", "one observation, several items"), 20: ("S", "kinds of missing and estimated answers"),
    21: ("S", "variants of an item"), 22: ("S", "ages by which an item is passed"), 23: ("S", "items that exclude or credit others"),
    24: ("M", "items in several scores, or none; weights"), 25: ("M", "start, basal, ceiling"), 26: ("M", "passes after the ceiling"),
    27: ("M", "credit below a window"), 28: ("M", "no ceiling, or one for each block"), 29: ("M", "missing answers"), 30: ("S", "raw scores that are no sums of items"),
    31: ("S", "a raw score corrected by another"), 32: ("M", "a raw total entered"), 33: ("X", "item-response models"), 34: ("X", "results that come scored"),
    35: ("M", "any metric"), 36: ("M", "classes straight from raw scores"), 37: ("M", "raw ranges, gaps, open ends"), 38: ("M", "norms by formula"),
    39: ("M", "ends of the metric"), 40: ("M", "growth scores"), 41: ("M", "age equivalents"), 42: ("M", "percentiles, printed or by the curve"),
    43: ("S", "percentiles without a score"), 44: ("S", "shares of the age, or of the expected"), 45: ("S", "editions linked"), 46: ("S", "item maps"),
    47: ("M", "composites by sums of scores"), 48: ("M", "composites by raw sums, means, mean z"), 49: ("M", "required members, k of n, substitutes"),
    50: ("M", "overlapping composites, direction of meaning"), 51: ("M", "domains"), 52: ("M", "intervals"), 53: ("M", "descriptions by level"),
    54: ("M", "against the own mean"), 55: ("M", "pairs of scores"), 56: ("M", "between informants"), 57: ("S", "predicted from another score"),
    58: ("M", "reliable change"), 59: ("M", "validity indices"), 60: ("M", "the norms told with every score"),
}  # fmt: skip
"""Number in the list of mechanisms, must (M), should (S) or extension (X), and its name."""

HEAD = """# Scoring mechanisms

The mechanisms by which real paediatric tests come from answers to scores, and for each what the format of norm packs says of it: shown by an
invented instrument in `tests/packs/fictional` (some in `tests/bad_packs/base`) whose cases were worked out by hand. Each line is a test: it fails
where the pack no longer needs the mechanism, or a case comes out otherwise, alone, in a table or in a batch. M: no common test can be scored
without it; S: some tests need it; X: computed elsewhere, or by a model.

Written by `docs/mechanisms.py` from `tests/packs/test_fictional.py`.

| no. | | mechanism | shown by | pack | test |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as it is to be."""
    from packs.test_fictional import SHOWN

    rows = []
    for shown in sorted(SHOWN, key=lambda one: one.number):
        level, name = NAMES[shown.number]
        proof = getattr(shown, "proof", "") or "test_fictional.py"
        rows.append(f"| {shown.number} | {level} | {name} | {shown.words} | `{shown.pack}` | `{proof}` |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
