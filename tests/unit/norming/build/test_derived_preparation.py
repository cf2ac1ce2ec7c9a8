"""The vocabulary of a preparation: each word on made-up rows, with the result worked out by hand."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.build.derived.prepare import prepared
from otscore.norming.build.derived.recipe import derived_recipe
from otscore.norming.build.derived.rows import Table

NAN = np.nan
Prepare = Callable[..., Table]


def file_of(path: Path, text: str) -> dict[str, str]:
    """A file written, and what a recipe says of it."""
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@pytest.fixture
def prepare(tmp_path: Path) -> Prepare:
    """The table that some columns, rows and so on make of the text of a file."""

    def made(text: str, columns: list[dict[str, Any]] = [], rows: list[dict[str, Any]] = [], name: str = "raw.csv", **more: Any) -> Table:  # noqa: B006
        data = file_of(tmp_path / name, text) | {"rows": rows, **more.pop("data", {})}
        part = {"how": "alpha", "scales": ["x"], "bands": [0, 1]}
        tables = [{"file": "psychometrics.csv", "columns": ["scale", "value"], "parts": [part]}]
        document = {"schema": 1, "kind": "derived_tables", "data": data, "columns": columns, "age": "age", "tables": tables, **more}
        return prepared(derived_recipe(document, tmp_path / "recipe.toml"), tmp_path, tmp_path)

    return made


def column(**keys: Any) -> dict[str, Any]:
    return {"name": "made", **keys}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (column(how="number", of="a", add=0.5, divided_by=12), [6.5 / 12, -2.5 / 12, NAN, 0.5 / 12]),
        (column(how="number", of="a", absolute=True, add=1, times=2), [14, 8, NAN, 2]),
        (column(how="number", of="b", times=0.5, whole="half_even"), [2, 4, 4, NAN]),
        (column(how="number", of="b", times=0.5, whole="half_up"), [3, 4, 4, NAN]),
        (column(how="recode", of="word", values={"yes": 1, "no": 0}), [1, 0, NAN, NAN]),
        (column(how="recode", of="code", values={"1": 5, "2": 6}), [5, 5, 6, NAN]),
        (column(how="greatest", of=["a", "b"]), [6, 7, 8, 0]),
        (column(how="sum", of=["a", "b"]), [11, 4, NAN, NAN]),
        (column(how="choose", same=["word", "word2"], then="b", otherwise="a"), [5, -3, 8, 0]),
    ],
)
def test_a_column(asked: dict[str, Any], expected: list[float], prepare: Prepare) -> None:
    text = "a,b,word,word2,code\n6,5,yes,yes,1\n-3,7,no,yes,1.0\nNA,8,perhaps,perhaps,2\n0,,,yes,9\n"
    np.testing.assert_array_equal(prepare(text, [asked]).made["made"], expected)


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        ([], ["1", "2", "3", "4"]),
        ([{"column": "hand", "is": ["left", "right"]}], ["1", "2"]),
        ([{"column": "age", "below": 8}], ["1"]),
        ([{"column": "age", "from": 8}], ["2", "3"]),
        ([{"column": "age", "from": 7, "below": 9}, {"column": "hand", "is": ["right"]}], ["2"]),
    ],
)
def test_which_rows_are_kept(conditions: list[dict[str, Any]], kept: list[str], prepare: Prepare) -> None:
    """A row without the value is never kept."""
    text = "child,age,hand\n1,7,left\n2,8,right\n3,9,both\n4,,\n"
    assert prepare(text, rows=conditions).cells["child"] == kept


def test_a_column_may_be_made_of_made_ones(prepare: Prepare) -> None:
    columns = [
        {"name": "metres", "how": "number", "of": "cm", "divided_by": 100},
        {"name": "best", "how": "greatest", "of": ["metres", "other"]},
    ]
    assert prepare("cm,other\n150,1.25\n90,1\n", columns).made["best"].tolist() == [1.5, 1.0]


def test_several_rows_of_a_child_become_one(prepare: Prepare) -> None:
    """Trials of three children, mixed; a trial without a value does not count; a child without any has none."""
    text = "who,trial,age,off\nb,1,7,-10\na,1,5,20\nb,2,7,30\na,2,5,NA\nc,1,9,\n"
    columns = [{"name": "off_by", "how": "number", "of": "off", "absolute": True}]
    found = prepare(text, columns, children={"by": "who", "mean": ["off_by"], "first": ["age"]})
    assert (found.cells["who"], found.cells["age"]) == (["b", "a", "c"], ["7", "5", "9"])
    np.testing.assert_array_equal(found.made["off_by"], [20, 20, NAN])


ITEMS = '[[scales]]\nid = "ladder"\nitems = ["r1", "r2", "r3", "r4", "r5"]\n'
ANSWERS = "visit,item,score\n1,r2,1\n1,r4,0\n1,other,1\n2,r3,0\n2,r4,1\n4,r1,1\n4,r2,1\n4,r3,0\n4,r4,1\n4,r5,1\n9,r1,1\n"


@pytest.mark.parametrize(
    ("rule", "points", "sums"),
    [
        ("complete", [[NAN] * 5, [NAN] * 5, [NAN] * 5, [1, 1, 0, 1, 1]], [NAN, NAN, NAN, 4]),
        ("window", [[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [NAN] * 5, [1, 1, 0, 1, 1]], [3, 3, NAN, 4]),
    ],
)
def test_sums_of_items(rule: str, points: list[list[float]], sums: list[float], prepare: Prepare, tmp_path: Path) -> None:
    """Items by the instrument, in its order; visit 3 has no answer to them, visit 9 is none of ours."""
    (tmp_path / "instrument.toml").write_text(ITEMS, encoding="utf-8")
    answers = file_of(tmp_path / "answers.csv.gz", ANSWERS) | {"row": "visit", "item": "item", "score": "score"}
    found = prepare("visit\n1\n2\n3\n4\n", [{"name": "sum", "how": "items", "scale": "ladder", "rule": rule}], data={"answers": answers})
    np.testing.assert_array_equal(found.parts["sum"], points)
    np.testing.assert_array_equal(found.made["sum"], sums)


def refused(prepare: Prepare, *of: Any, **more: Any) -> str:
    with pytest.raises(UsageError) as caught:
        prepare(*of, **more)
    return str(caught.value)


def test_what_is_refused(prepare: Prepare, tmp_path: Path) -> None:
    number = {"name": "made", "how": "number", "of": "wieght"}
    assert "there is no column wieght. Did you mean weight?" in refused(prepare, "weight\n1\n", [number])
    text = refused(prepare, "weight\n1\nheavy\n", [number | {"of": "weight"}])
    assert "row 2, column weight: the cell is no number" in text and "heavy" not in text
    assert "no row is kept" in refused(prepare, "weight\n1\n", rows=[{"column": "weight", "below": 1}])
    assert "rows and header differ in length" in refused(prepare, "a,b\n1\n")
    assert "the file has no rows" in refused(prepare, "a,b\n")
    text = refused(prepare, "who,age\na,7\na,8\n", children={"by": "who", "first": ["age"]})
    assert "row 2, column age: the rows of a child differ" in text
    other = "0" * 64
    assert "the file is another one than the recipe names" in refused(prepare, "a\n1\n", data={"sha256": other})
    text = refused(prepare, "a\n1\n", data={"file": "gone.csv"})
    assert "gone.csv: the raw data are not there. Name the folder of raw data: --data DIR" in text


def test_what_a_recipe_may_not_say(prepare: Prepare) -> None:
    items = {"name": "made", "how": "items", "scale": "ladder", "rule": "window"}
    assert "needs the file of answers" in refused(prepare, "a\n1\n", [items])
    assert "there is no such `how`. Allowed: 'number', 'recode'" in refused(prepare, "a\n1\n", [{"name": "made", "how": "python"}])
    assert "two columns share a name" in refused(prepare, "a\n1\n", [{"name": "x", "how": "number", "of": "a"}] * 2)
    assert "a condition is" in refused(prepare, "a\n1\n", rows=[{"column": "a"}])
    assert "there is no such key" in refused(prepare, "a\n1\n", rows=[{"column": "a", "above": 3}])


def test_items_need_their_instrument(prepare: Prepare, tmp_path: Path) -> None:
    answers = file_of(tmp_path / "answers.csv", "visit,item,score\n") | {"row": "visit", "item": "item", "score": "score"}
    items = [{"name": "sum", "how": "items", "scale": "stairs", "rule": "window"}]
    assert "the pack has no instrument.toml" in refused(prepare, "visit\n1\n", items, data={"answers": answers})
    (tmp_path / "instrument.toml").write_text(ITEMS, encoding="utf-8")
    assert "there is no scale stairs. Known: ladder" in refused(prepare, "visit\n1\n", items, data={"answers": answers})
    items[0]["scale"] = "ladder"
    assert "there is no column score" in refused(prepare, "visit\n1\n", items, data={"answers": answers | file_of(tmp_path / "x.csv", "visit,item,points\n")})


def test_the_folder_above_the_raw_data_will_do(tmp_path: Path) -> None:
    (tmp_path / "microdata").mkdir()
    data = file_of(tmp_path / "microdata" / "raw.csv", "age\n1\n")
    tables = [{"file": "psychometrics.csv", "columns": ["scale", "value"], "parts": [{"how": "alpha", "scales": ["x"], "bands": [0, 1]}]}]
    recipe = derived_recipe({"schema": 1, "kind": "derived_tables", "data": data, "age": "age", "tables": tables}, tmp_path)
    assert [prepared(recipe, folder, tmp_path).n for folder in (tmp_path, tmp_path / "microdata")] == [1, 1]
