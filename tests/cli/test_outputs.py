"""What is written: the same columns and numbers in every kind of file, identifiers kept, nothing that a spreadsheet runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import otscore
from otscore.profile.frame import LONG_COLUMNS

HOSTILE = [
    "007", "=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\uff1d1+1", "-5", "+5", "NA", "nan", "None", "null", '"quoted"', "a,b", "a;b", "two\nlines", "},{",
    "ähm", "🦉👩‍👧", "\u202eright to left", "שלום", "x" * 10_000, "<script>alert(1)</script>", "'", "\\", " blank ", "1e5", "0x1F", "TRUE",
]  # fmt: skip


@pytest.fixture
def children(desk) -> Path:
    """Children with hostile identifiers, one without any, one without age, one without answers, one with an illegal answer."""
    frame = pd.DataFrame({"id": HOSTILE, "age_days": 400.25, "informant": "=caregiver", "gs1moc060": 1, "gs1lgc062": 0}, dtype=object)
    others = pd.DataFrame([["", 500, "", 1, ""], ["no age", "", "x", 1, 1], ["no answer", 400, "x", "", ""], ["illegal", 400, "x", 5, 1]], columns=frame.columns)
    path = desk.folder / "in.csv"
    pd.concat([frame, others]).to_csv(path, index=False)
    return path


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix == ".json":
        return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
    text = dict.fromkeys(("id", "informant", "pack_version", "band", "flags", "metric", "status"), str)
    return pd.read_csv(path, keep_default_na=False, na_values={name: [""] for name in LONG_COLUMNS}, dtype=text)


@pytest.mark.parametrize("rounding", [[], ["--unrounded"]])
def test_every_kind_of_file_holds_the_same_table(desk, children: Path, rounding: list[str]) -> None:
    tables = {}
    for ending in ("csv", "csv.gz", "parquet", "json"):
        outcome = desk.score(children, "--scales", "all", *rounding, out=f"scores.{ending}")
        assert outcome.code == 1
        tables[ending] = read(outcome.file)
        assert tuple(tables[ending].columns) == LONG_COLUMNS
    for name in LONG_COLUMNS:
        values = {ending: table[name] for ending, table in tables.items()}
        if pd.api.types.is_numeric_dtype(values["parquet"]):
            for table in values.values():
                np.testing.assert_array_equal(pd.to_numeric(table).astype(float), values["parquet"].astype(float))
        elif name not in ("id", "informant"):
            for table in values.values():
                assert table.fillna("").tolist() == values["parquet"].fillna("").tolist()
    for ending in ("parquet", "json"):
        assert [one if isinstance(one, str) else "" for one in tables[ending]["id"].iloc[::7]] == [*HOSTILE, "", "no age", "no answer", "illegal"]


def test_json_is_strict(desk, children: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    text = desk.score(children, out="scores.json").file.read_text(encoding="utf-8")
    rows = json.loads(text, parse_constant=refuse)
    assert len(rows) == len(HOSTILE) + 4
    assert rows[-3]["age_days"] is None
    assert rows[-3]["score"] is None


def test_an_identifier_that_is_no_finite_number_is_text_in_json(desk) -> None:
    frame = pd.DataFrame({"id": [1.5, np.inf, -np.inf, np.nan], "age_days": 400, "gs1moc060": 1})
    frame.to_parquet(desk.folder / "in.parquet")
    outcome = desk.score(desk.folder / "in.parquet", out="scores.json")
    assert outcome.code == 0, outcome.err
    assert [row["id"] for row in json.loads(outcome.file.read_text(encoding="utf-8"))] == [1.5, "inf", "-inf", None]


def test_a_spreadsheet_runs_nothing(desk, children: Path) -> None:
    table = read(desk.score(children).file)
    cells = [*table["id"].dropna(), *table["informant"].dropna()]
    assert [cell for cell in cells if cell[0] in "=+-@\t\r\n\uff1d" and cell not in ("-5", "+5")] == []
    defused = {identifier for identifier, cell in zip(HOSTILE, table["id"], strict=False) if cell == f"'{identifier}"}
    assert defused == {"=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\uff1d1+1"}
    assert [cell for cell in table["id"].iloc[: len(HOSTILE)] if cell[0] != "'"] == [one for one in HOSTILE if one not in defused and one != "'"]


def test_column_names_in_the_issues_run_nothing(desk) -> None:
    mapping = desk.file("map.toml", 'items = { "=cmd()" = "gs1moc060" }')
    data = desk.file("in.csv", "id,age_days,=cmd()\nkanari,400,61977\n")
    desk.score(data, "--map", mapping, "--issues", desk.folder / "issues.csv")
    assert pd.read_csv(desk.folder / "issues.csv")["field"].tolist() == ["'=cmd()"]


def test_standard_output_holds_what_the_file_holds(desk, children: Path) -> None:
    outcome = desk.score(children, out="-")
    assert outcome.out.encode() == desk.score(children).file.read_bytes()


def test_whole_numbers_stay_whole(desk) -> None:
    frame = pd.DataFrame({"id": pd.array([123456789012345678, None, 3], dtype="Int64"), "age_days": 400, "gs1moc060": [1, 0, 1]})
    frame.to_parquet(desk.folder / "in.parquet")
    assert [row["id"] for row in desk.score(desk.folder / "in.parquet").rows] == ["123456789012345678", "", "3"]
    desk.score(desk.folder / "in.parquet", out="scores.parquet")
    assert pd.read_parquet(desk.folder / "scores.parquet", dtype_backend="numpy_nullable")["id"].isna().tolist() == [False, True, False]


def test_pieces_that_lack_identifiers_fit_together(desk) -> None:
    lines = ["id,informant,age_days,gs1moc060", *[",,400,1"] * 20_000, "kanari,mother,400,1"]
    data = desk.file("in.csv", "\n".join(lines))
    for ending in ("parquet", "json", "csv"):
        table = read(desk.score(data, out=f"scores.{ending}").file)
        assert len(table) == 20_001
        assert table["id"].iloc[-1] == "kanari"
        assert table["id"].iloc[0] is None or pd.isna(table["id"].iloc[0])
        assert table["informant"].iloc[-1] == "mother"


def test_a_wide_output_has_a_row_per_child(desk) -> None:
    data = desk.file("in.csv", "id,age_days,gs1moc060,gs1lgc062\nkanari1,400,1,0\nkanari2,,1,1\n")
    outcome = desk.score(data, "--wide")
    assert [row["id"] for row in outcome.rows] == ["kanari1", "kanari2"]
    assert [row["d_status"] for row in outcome.rows] == ["ok", "age_missing"]
    both = desk.score(data, "--wide", "--pack", "gsed@gcdg")
    assert {"gsed@2406_d_score", "gsed@2406_d_status", "gsed@gcdg_d_status"} <= set(both.rows[0])


def test_profiles_as_json_follow_their_schema(desk, children: Path) -> None:
    outcome = desk.run("profile", children, "--pack", "gsed@2406", "--pack", "hrtl@2022", out="profiles.json")
    assert outcome.code == 1
    profiles = json.loads(outcome.file.read_text(encoding="utf-8"))
    schema = Draft202012Validator(json.loads(schema_file("profile").read_text(encoding="utf-8")))
    assert len(profiles) == len(HOSTILE) + 4
    for profile in profiles:
        schema.validate(profile)
        assert otscore.Profile.model_validate_json(json.dumps(profile)).model_dump(mode="json") == profile
    assert [profile["id"] for profile in profiles] == [*HOSTILE, None, "no age", "no answer", "illegal"]


def schema_file(name: str) -> Path:
    return Path(__file__).resolve().parents[2] / "docs" / "schema" / f"{name}.schema.json"


def test_profiles_as_text_say_their_notes_once(desk) -> None:
    data = desk.file("in.csv", "id,age_days,gs1moc060,gs1lgc062\nchild a,400,1,0\nchild b,,1,1\nchild c,500,,\n")
    outcome = desk.run("profile", data, "--pack", "gsed@2406", out="profiles.txt")
    text = outcome.file.read_text(encoding="utf-8")
    assert [text.count(f"Profile of child {letter}") for letter in "abc"] == [1, 1, 1]
    assert text.count("Items are named by GSED code") == 1
    assert "nan" not in text.casefold()
    piped = desk.run("profile", data, "--pack", "gsed@2406", out="-")
    assert piped.out == text


def test_a_refused_file_leaves_no_profiles(desk) -> None:
    data = desk.file("in.csv", "id,age_days,gs1moc060\nkanari,400,1\nkanari,4\n")
    for name in ("profiles.json", "profiles.txt"):
        outcome = desk.run("profile", data, "--pack", "gsed@2406", out=name)
        assert outcome.code == 2
        assert not outcome.file.exists()
    outcome = desk.run("profile", data, "--pack", "gsed@2406", out="profiles.csv")
    assert "profiles.csv: this kind of file is not written. Use .json or .txt" in outcome.err


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_the_stamp_is_a_file_beside_the_results(desk, children: Path, ending: str) -> None:
    stamp = desk.folder / f"stamp{ending}"
    outcome = desk.score(children, "--pack", "cfm@2-4", "--norm-group", "criterion", "--stamp", stamp, "--ignore", "unknown", pack="cfm@5-17")
    assert outcome.code == 2 and not stamp.exists(), "no item of either pack"
    outcome = desk.score(children, "--norm-group", "dutch", "--relevance=-10,10", "--stamp", stamp)
    assert outcome.code == 1
    table = read(stamp)
    scorer = otscore.Scorer.load("gsed@2406", norm_group="dutch", relevance=(-10, 10))
    assert table["pack"].tolist() == ["gsed@2406"]
    assert table["digest"].tolist() == [scorer.pack.digest]
    assert table["norm_group"].tolist() == ["dutch"]
    assert table["relevance"].tolist() == ["-10.0, 10.0"]
    assert table["notices"].tolist() == ["\n".join(scorer.pack.manifest.notices)]


def test_a_parquet_file_carries_its_stamp(desk, children: Path) -> None:
    outcome = desk.score(children, "--norm-group", "dutch", out="scores.parquet")
    (stamp,) = pd.read_parquet(outcome.file).attrs["otscore"]
    assert (stamp["pack"], stamp["norm_group"]) == ("gsed@2406", "dutch")
    assert stamp["digest"].startswith("sha256:")


def test_the_stamp_is_no_other_file(desk, children: Path) -> None:
    assert "--out and --stamp are the same file" in desk.refused(children, "--stamp", desk.folder / "scores.csv")
    assert "--stamp and IN are the same file" in desk.refused(children, "--stamp", children)


def test_a_pack_for_research_only_is_scored_where_that_is_asked_for(desk) -> None:
    data = desk.file("in.csv", "id,age_years,by1mdd093,by1mdd096,by1mdd097,by1mdd100,by1mdd102\na,0.8,1,1,1,1,0\n")
    refused = desk.score(data, "--age-years", "age_years", pack="gcdg-domains@1")
    assert refused.code == 2 and "--scales all" in refused.err and "gcdg-domains@1" in refused.err
    assert not refused.file.exists()
    scored = desk.score(data, "--age-years", "age_years", "--scales", "all", pack="gcdg-domains@1")
    assert [row["flags"].split(";")[0] for row in scored.rows if row["status"] == "ok"] == ["research_use"]
