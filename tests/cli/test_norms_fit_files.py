"""``otscore norms fit`` with files as people have them, and what is said in its own options."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from norming_made_up import csv_text, rows

FIT = ("--age", "Alter", "--age-unit", "years", "--raw", "Summe", "--id", "fidget", "--range", "0:30", "--model", "regression", "--band", "1")
GERMAN = {"child": "Kind", "age_years": "Alter", "total": "Summe", "sex": "Geschlecht", "weight": "Gewicht", "seconds": "Sekunden"}


def german(found: list[dict[str, str]]) -> str:
    """The children as a German spreadsheet saves them."""
    words = {"m": "Junge", "f": "Mädchen"}
    lines = [";".join(words.get(cell, cell).replace(".", ",") for cell in row.values()) for row in found]
    return "\ufeff" + "\r\n".join([";".join(GERMAN[name] for name in found[0]), *lines]) + "\r\n"


def run(desk, *words: object):
    return desk.run("norms", *words, quiet=True)


def table(packs: Path) -> list[dict[str, str]]:
    with (packs / "fidget" / "1" / "tables" / "total.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_german_file_gives_the_same_norms(desk) -> None:
    """Semicolons, decimal commas, a byte order mark, Mädchen and Junge: the same tables as of the same children written otherwise."""
    plain, foreign = desk.folder / "plain", desk.folder / "foreign"
    words = ("--id", "fidget", "--range", "0:30", "--model", "regression", "--band", "1", "--scale", "total")
    one = run(desk, "fit", desk.file("a.csv", csv_text(rows(360))), *words, "--raw", "total", "--age", "age_years", "--sex", "sex", "--weight", "weight",
              "--out", plain)  # fmt: skip
    other = run(desk, "fit", desk.file("b.csv", german(rows(360))), *FIT, "--scale", "total", "--sex", "Geschlecht", "--sex-values",
                "male=Junge, female=Mädchen", "--weight", "Gewicht", "--out", foreign)  # fmt: skip
    assert (one.code, other.code) == (0, 0), one.err + other.err
    assert table(plain) == table(foreign)
    assert "numbers are read with a decimal comma" in other.out
    assert run(desk, "build", foreign / "fidget" / "1" / "recipe" / "recipe.toml", "--check").code == 0


def test_commas_that_may_group_thousands_are_asked_about(desk) -> None:
    lines = [f"{row['age_years'].split('.')[0]};1,{100 + number}" for number, row in enumerate(rows(60))]
    outcome = run(desk, "fit", desk.file("b.csv", "Alter;Summe\n" + "\n".join(lines)), *FIT, "--range", "0:5000", "--out", desk.folder / "packs")
    assert outcome.code == 2
    assert "may be whole ones with thousands or decimal ones (60 cells). Say which: --decimal comma" in outcome.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--sex", "Geschlecht"), "Here: --sex-values male=...,female=..."),
        (("--sex", "Geschlecht", "--sex-values", "boy=Junge"), "--sex-values: boy is not a value of sex. Write male= and female="),
        (("--sex", "Geschlecht", "--sex-values", "Junge"), "--sex-values Junge: no VALUE=CELL"),
        (("--sex-values", "male=Junge"), "Add --sex COLUMN"),
        (("--decimal", "point"), "no cell of the column of ages is a number"),
        (("--raw", "Gewicht"), "Here: --measurement"),
        (("--range", "0:9"), "Here: --range, or --missing-raw CODES"),
        (("--ages", "5:10"), "Here: --ages FROM:BELOW"),
        (("--missing", "12"), "12 is said to mean no value, and is a raw score that can occur"),
        (("--id", "Mein Test"), "otscore: --id: String should match pattern"),
        (("--reliability", "1.5"), "otscore: --reliability: Input should be less than 1. Correct the option"),
        (("--model", "betabinomial"), "there is no such model. Did you mean beta_binomial"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_option(desk, words: tuple[str, ...], expected: str) -> None:
    outcome = run(desk, "fit", desk.file("b.csv", german(rows(360))), *FIT, *words, "--out", desk.folder / "packs")
    assert outcome.code == 2 and expected in outcome.err, outcome.err
    assert "at least 1 item" not in outcome.err


def test_a_pack_of_another_recipe_is_not_written_over_unasked(desk) -> None:
    """The recipe in the pack is there to be changed by hand: a second fit does not wipe that out."""
    packs, sample = desk.folder / "packs", desk.file("b.csv", german(rows(360)))
    assert run(desk, "fit", sample, *FIT, "--out", packs, "--date", "2031-02-03").code == 0
    assert run(desk, "fit", sample, *FIT, "--out", packs, "--date", "2031-02-03").code == 0
    recipe = packs / "fidget" / "1" / "recipe" / "recipe.toml"
    changed = recipe.read_text(encoding="utf-8").replace("decimals = 0", "decimals = 1")
    recipe.write_text(changed, encoding="utf-8")
    outcome = run(desk, "fit", sample, *FIT, "--out", packs, "--date", "2031-02-03")
    assert outcome.code == 2 and "a pack of another recipe is there. Name another --edition, or add --replace" in outcome.err
    assert recipe.read_text(encoding="utf-8") == changed
    assert run(desk, "fit", sample, *FIT, "--out", packs, "--date", "2031-02-03", "--replace").code == 0
    assert "decimals = 0" in recipe.read_text(encoding="utf-8")


def test_no_one_is_told_to_look_up_what_a_model_has_made(desk) -> None:
    found = [row | {"total": str(max(int(row["total"]) - 10, 0))} for row in rows(360)]
    sample = desk.file("b.csv", german(found))
    outcome = run(desk, "fit", sample, *FIT, "--model", "beta_binomial", "--out", desk.folder / "packs")
    assert outcome.code == 0 and "[warn_" in outcome.out, outcome.out
    assert "Look it up" not in outcome.out and "That is what the model gives" in outcome.out


def test_the_command_line_as_a_module() -> None:
    found = subprocess.run([sys.executable, "-m", "otscore", "--version"], capture_output=True, text=True, check=False)
    assert found.returncode == 0 and found.stdout.startswith("otscore ")
