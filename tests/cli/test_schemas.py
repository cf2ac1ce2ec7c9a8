"""The JSON Schemas: committed as they are, and true of the files that they describe."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import otscore
from otscore.schema_export import schema_text, schemas

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("profile", "plan", "progress", "pack", "instrument", "sources", "mapping")


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_schema_is_up_to_date(name: str) -> None:
    committed = (ROOT / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(schemas()[name]), "run: otscore schema --out docs/schema"
    Draft202012Validator.check_schema(schemas()[name])


def test_nothing_else_is_committed() -> None:
    assert sorted(path.name for path in (ROOT / "docs" / "schema").iterdir()) == sorted(f"{name}.schema.json" for name in NAMES)


def toml(pattern: str) -> list[Path]:
    return sorted((ROOT / "norms").rglob(pattern))


@pytest.mark.parametrize(("name", "pattern"), [("pack", "pack.toml"), ("instrument", "instrument.toml"), ("sources", "SOURCES.toml")])
def test_the_files_of_every_pack_follow_their_schema(name: str, pattern: str) -> None:
    paths = toml(pattern)
    assert paths
    for path in paths:
        errors = [error.message for error in validator(name).iter_errors(tomllib.loads(path.read_text(encoding="utf-8")))]
        assert errors == [], path


def test_a_typo_in_a_pack_file_does_not_follow() -> None:
    given: dict[str, Any] = tomllib.loads(toml("pack.toml")[0].read_text(encoding="utf-8"))
    assert list(validator("pack").iter_errors(given | {"editon": "1"}))


def test_a_mapping_follows_its_schema() -> None:
    given = {"id": "child", "ignore": "unknown", "missing": [777, "x"], "recode": {"*": {"2": 1}}, "values": {"sex": {"1": "male"}}}
    validator("mapping").validate(given)
    assert list(validator("mapping").iter_errors({"agedays": "x"}))


@pytest.mark.parametrize("record", [{"age_days": 400, "id": 7}, {"age_days": 400, "id": "🦉"}, {}])
def test_a_profile_follows_its_schema(record: dict[str, Any]) -> None:
    battery = otscore.Battery.load(["gsed@2406", "cfm@2-4"])
    profile = battery.score({"responses": {"gs1moc060": 1, "CF3": "none"}, **record}, errors="flag")
    validator("profile").validate(json.loads(profile.to_json()))
    validator("plan").validate(json.loads(profile.plan().to_json()))


def test_the_command(desk) -> None:
    assert desk.run("schema", quiet=True).out.splitlines()[0].startswith("profile: ")
    assert json.loads(desk.run("schema", "pack", quiet=True).out) == schemas()["pack"]
    assert desk.run("schema", "--out", desk.folder / "schema", quiet=True).code == 0
    assert sorted(path.name for path in (desk.folder / "schema").iterdir()) == sorted(f"{name}.schema.json" for name in NAMES)
    refused = desk.run("schema", "profil", quiet=True)
    assert refused.code == 2
    assert "there is no schema profil" in refused.err
    desk.file("taken", "")
    assert desk.run("schema", "--out", desk.folder / "taken", quiet=True).code == 2
