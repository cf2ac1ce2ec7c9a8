"""A wide table written in pieces keeps its columns, whatever the children of one piece lack."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from otscore.cli import main


def test_a_first_piece_without_ages_does_not_lose_the_columns_of_the_next(tmp_path: Path) -> None:
    rows = 20_001
    source, target = tmp_path / "children.csv", tmp_path / "scores.csv"
    ages = [""] * (rows - 1) + ["400"]
    lines = [f"{place},{age},1" for place, age in enumerate(ages)]
    source.write_text("\n".join(["id,age_days,gs1moc060", *lines, ""]), encoding="utf-8")
    assert main(["score", str(source), "--pack", "gsed@2406", "--wide", "--out", str(target)]) == 1
    table = pd.read_csv(target)
    assert len(table) == rows
    assert table["d_score"].notna().tolist() == [False] * (rows - 1) + [True]
