"""Every pack of the checkout passes its check, its worked examples and its lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from otscore.cases import run_cases
from otscore.check import check_directory, check_one, is_error
from otscore.pack import PackRef, Table
from otscore.pack.registry import find_packs

NORMS = Path(__file__).parents[2] / "norms"
SHIPPED = sorted(find_packs(NORMS), key=lambda ref: ref.name)


@pytest.mark.parametrize("ref", SHIPPED, ids=lambda ref: ref.name)
def test_a_shipped_pack_passes_its_check_and_its_cases(ref: PackRef) -> None:
    issues, pack = check_one(ref)
    assert not [str(issue) for issue in issues if is_error(issue)]
    assert pack is not None
    assert pack.manifest.status not in ("synthetic", "template")


@pytest.mark.parametrize("ref", SHIPPED, ids=lambda ref: ref.name)
@pytest.mark.parametrize("column", ["raw", "ability", "sem", "score", "percentile", "band", "status"])
def test_every_expected_cell_of_every_case_is_compared(ref: PackRef, column: str) -> None:
    """An expectation that is changed is missed, on its line."""
    pack = ref.read_unverified()
    table = pack.cases
    assert table is not None
    wrong = tuple(changed(column, cell) for cell in table.text(column))
    pack.__dict__["cases"] = Table(table.name, {**table.columns, column: wrong}, table.lines)
    touched = {line for line, cell, other in zip(table.lines, table.text(column), wrong, strict=True) if cell != other}
    assert {int(issue.message.partition(":")[0].removeprefix("line ")) for issue in run_cases(pack)} == touched


def changed(column: str, cell: str) -> str:
    if column == "status":
        return "ok" if cell not in ("", "ok") else "age_missing"
    if not cell:
        return cell
    return f"not_{cell}" if column == "band" else repr(float(cell) + 1)


def test_the_whole_directory_passes() -> None:
    assert SHIPPED
    assert not [str(issue) for issue in check_directory(NORMS) if is_error(issue)]
