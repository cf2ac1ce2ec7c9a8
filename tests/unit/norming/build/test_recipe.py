"""The recipe: what it takes, and what it says about what it does not take."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from norming_made_up import document, recipe

from otscore.errors import UsageError
from otscore.norming.build.recipe import read_recipe, recipe_of
from otscore.norming.build.toml import toml_text

STRATA = {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "male", "f": "female"}}}


def said(**changes: Any) -> str:
    with pytest.raises(UsageError) as caught:
        recipe_of(document(**changes), "recipe.toml")
    return str(caught.value)


def test_the_middle_of_a_band_is_where_it_is_computed() -> None:
    assert recipe().age.ages == (5.5, 6.5, 7.5)


def test_completed_years_stand_for_themselves() -> None:
    """Children of 5 completed years carry the number 5; 6 and 7 together have 6.5 in their middle."""
    assert recipe(age={"use": "completed", "bands": [5, 6, 8]}).age.ages == (5.0, 6.5)


def test_ages_of_bands_may_be_chosen() -> None:
    assert recipe(age={"at": [5.2, 6.2, 7.9]}).age.ages == (5.2, 6.2, 7.9)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"scale": {"colunm": "x"}}, "scales.0.colunm", "Did you mean column?"),
        ({"scale": {"model": {"method": "tailor"}}}, "scales.0.model.method", "Allowed: 'taylor', 'beta_binomial'"),
        ({"scale": {"model": {"method": "shash", "terms": 4}}}, "scales.0.model.shash.terms", "no such key"),
        ({"scale": {"model": {"method": "lms", "median": {}}}}, "scales.0.model.lms.median", "{ polynomial = 1 } or { spline = 4 }"),
        ({"scale": {"range": [30, 0]}}, "scales.0", "lowest to the highest"),
        ({"scale": {"range": [0, 30.5]}}, "scales.0", "whole = false"),
        ({"scale": {"whole": False}}, "scales.0", 'table = "parametric"'),
        ({"scale": {"items": 20}}, "scales.0", "below the highest raw score"),
        ({"scale": {"metric": "raw"}}, "scales.0", "allowed metrics: z, t, standard"),
        ({"scale": {"metric": "custom"}}, "scales.0", "needs `mean` and `sd`"),
        ({"scale": {"limits": [80, 20]}}, "scales.0", "lowest to the highest score"),
        ({"scale": {"metric": "percentile", "limits": [0, 100]}}, "scales.0", "[1, 99]"),
        ({"scale": {"table": "parametric", "percentiles": True}}, "scales.0", 'table = "lookup"'),
        ({"scale": {"reliability": 0.9}}, "scales.0", "belong together"),
        ({"scale": {"reliability": 0.9, "interval": {"kind": "printed"}}}, "scales.0", '"true_score"'),
        (
            {"scale": {"table": "parametric", "model": {"method": "lms"}, "reliability": 0.9, "interval": {"kind": "observed"}}}, "scales.0",
            'a table of lms takes an interval of `kind = "true_score"`',
        ),
        ({"scale": {"id": "hop+skip"}}, "scales.0.id", "A name has letters"),
        ({"scale": {"strata": ["sex"]}}, "", "stratum that [strata] does not describe"),
        ({"strata": STRATA}, "", "no scale is normed by the stratum sex"),
        ({"strata": {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "man"}}}}, "strata.sex", "an alias points"),
        ({"age": {"bands": [5, 7, 6, 8]}}, "age", "rising ages"),
        ({"age": {"bands": [5, 6, 7]}}, "age", "the last is `below`"),
        ({"age": {"at": [5.5, 6.5, 8.5]}}, "age", "within it"),
        ({"age": {"at": [5.5, 6.5]}}, "age", "one age for each band"),
        ({"age": {"unit": "weeks"}}, "age.unit", "'days', 'months' or 'years'"),
        ({"data": {"read": "2031-02-30"}}, "data", "year-month-day"),
        ({"data": {"sha256": "abc"}}, "data.sha256", "pattern"),
        ({"data": {"weight": "w"}, "raking": [{"column": "region", "shares": {"a": 0.5, "b": 0.5}}]}, "", "not from both"),
        ({"raking": [{"column": "region", "shares": {"a": 0.5, "b": 0.4}}]}, "raking.0", "add up to 1"),
        ({"licence": {"figures": "None.", "evidence": "None.", "private": True}}, "", "needs the text of its licence"),
        ({"scales": []}, "scales", "at least 1"),
        ({"instrument": "a name"}, "instrument", "begins with a letter or digit"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_what_is_allowed(changes: dict[str, Any], field: str, words: str) -> None:
    message = said(**changes)
    assert words in message
    assert message.startswith(f"recipe.toml, {field}: " if field else "recipe.toml: ")


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        recipe_of({"schema": 1}, "recipe.toml")
    assert {issue.field for issue in caught.value.issues} >= {"instrument", "data", "scales", "age"}


def test_a_recipe_is_read_from_toml(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(toml_text(document(strata=STRATA, scale={"strata": ["sex"]})), encoding="utf-8")
    found, text = read_recipe(file)
    assert found == recipe(strata=STRATA, scale={"strata": ["sex"]})
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("content", "words"), [(b"a = [", "not valid TOML"), (b"a = \"\xe9\"", "not UTF-8")])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "recipe.toml"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read_recipe(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the recipe cannot be read"):
        read_recipe(tmp_path / "nowhere.toml")


def test_toml_is_read_back_as_it_was() -> None:
    plain = {
        "a": 'a "word" and \\ and ü\n', "b": [1, 2.5, True], "c": None, "d": {"x y": {"e": 1e-12, "f": 3.0}, "g": []},
        "h": [{"i": 1, "j": {"k": "l"}}, {"i": 2, "m": [{"n": -0.25}]}],
    }  # fmt: skip
    expected = {name: value for name, value in plain.items() if name != "c"}
    assert tomllib.loads(toml_text(plain)) == expected
