"""Typing errors that `norms check` finds: single random errors in the fictional and the open packs, checked in memory."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import cycle, product
from pathlib import Path

from typing_faults import FAULTS, Place, draw, places

from otscore.cases import run_cases
from otscore.check import is_error
from otscore.errors import Issue, OtscoreError
from otscore.pack.check import check_pack
from otscore.pack.diff_rows import diff_tables
from otscore.pack.loose import LooseTable, loose_table
from otscore.pack.read import Pack
from otscore.pack.registry import find_packs
from otscore.pack.table import Table

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("tests/packs/fictional", "norms")
TABLES = ("monotone look-up", "other look-up", "curves and rows", "item parameters")
FAULTS_DRAWN = 2000
SEED = 20_140_607
MOST_DRAWS = 5000


def found_by_check(original: Pack, altered: Pack) -> bool:
    """Whether `check_pack` says something about the altered pack that it does not say about the original."""
    return bool(_said(altered) - _said(original))


def found_by_cases(original: Pack, altered: Pack) -> bool:
    """Whether a worked example comes out otherwise than expected, or a table cannot be used; run, as by `norms check`, on packs without errors."""
    if any(map(is_error, _said(altered))):
        return False
    try:
        return bool(run_cases(altered))
    except OtscoreError:
        return True


def found_by_diff(original: Pack, altered: Pack) -> bool:
    """Whether `norms diff` tells the altered pack from a second entry of the same tables: the original."""
    strata = list(original.manifest.strata)
    pairs = ((name, table, altered.tables[name]) for name, table in original.tables.items() if altered.tables[name] is not table)
    return any(True for name, *both in pairs for _ in diff_tables(original.name, f"tables/{name}", (_loose(both[0]), _loose(both[1])), strata))


def _loose(table: Table) -> LooseTable:
    names = list(table.columns)
    text = "\n".join(",".join(row) for row in (names, *zip(*table.columns.values(), strict=True)))
    return loose_table(table.name, text, [])


DETECTORS: dict[str, Callable[[Pack, Pack], bool]] = {"check": found_by_check, "cases": found_by_cases, "diff": found_by_diff}
"""What looks for the error: name -> whether it sees a difference between the original pack and the altered one. A further one is added here."""


@lru_cache(maxsize=256)
def _said(pack: Pack) -> frozenset[Issue]:
    return frozenset(check_pack(pack))


def faults(tables: list[Place], number: int, seed: int) -> Iterator[tuple[Place, str, Pack]]:
    """So many errors: as many of each kind in each kind of table, over its tables in turn."""
    chance = random.Random(seed)
    for kind, fault in product(TABLES, FAULTS):
        here = [place for place in tables if place.kind == kind]
        chance.shuffle(here)
        wanted, turn = number // (len(TABLES) * len(FAULTS)), cycle(here)
        for _ in range(MOST_DRAWS if here else 0):
            if not wanted:
                break
            place = next(turn)
            table = draw(place.table, fault, chance)
            if table is not None:
                wanted -= 1
                yield place, fault, place.altered(table)


def main(number: int = FAULTS_DRAWN, seed: int = SEED) -> None:
    """Print the share found by each detector and by any, for each kind of error and of table."""
    packs = [ref.read_unverified() for folder in FOLDERS for ref in find_packs(ROOT / folder)]
    tables = [place for pack in packs for place in places(pack)]
    drawn: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    crashes = 0
    for place, fault, altered in faults(tables, number, seed):
        drawn[place.kind, fault] += 1
        seen = False
        for name, detects in DETECTORS.items():
            try:
                says = detects(place.pack, altered)
            except Exception as error:  # a crash is what is counted
                crashes += 1
                print(f"crash of {name}: {place.pack.name} {place.table.name}, {fault}: {error!r}", file=sys.stderr)
                continue
            found[name, place.kind, fault] += says
            seen |= says
        found["any", place.kind, fault] += seen
    print(f"{drawn.total()} single typing errors in {len(tables)} tables of {len(packs)} packs, seed {seed}; share found")
    for name in (*DETECTORS, "any"):
        _print(name, drawn, found)
    errors = sum(is_error(issue) for pack in packs for issue in _said(pack))
    print(f"crashes: {crashes}; errors found in untouched packs: {errors}, warnings: {sum(len(_said(pack)) for pack in packs) - errors}")


def _print(name: str, drawn: Counter[tuple[str, str]], found: Counter[tuple[str, str, str]]) -> None:
    print(f"\n{name:<18}" + "".join(f"{kind:>18}" for kind in (*TABLES, "all")))
    for fault in (*FAULTS, "all"):
        cells = []
        for kind in (*TABLES, "all"):
            keys = [key for key in drawn if (kind in ("all", key[0])) and (fault in ("all", key[1]))]
            count, seen = sum(drawn[key] for key in keys), sum(found[(name, *key)] for key in keys)
            cells.append(f"{seen / count:.1%} of {count}" if count else "-")
        print(f"{fault:<18}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
