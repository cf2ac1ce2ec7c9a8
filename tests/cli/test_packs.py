"""``otscore packs``: what fits a child, in any spelling of the question; and ``otscore norms items``, what to enter."""

from __future__ import annotations

import csv
import json

import pytest


def run(desk, *words: object):
    return desk.run(*words, quiet=True)


def asked(desk, *words: str) -> str:
    outcome = run(desk, "packs", *words)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.out


def lines(listing: str) -> list[str]:
    """The packs of a listing, in its order."""
    body = listing.partition("\n\n")[0].splitlines()[1:]
    return [next(word for word in line.split() if "@" in word) for line in body]


def test_what_fits_a_child_of_seven(desk) -> None:
    said = asked(desk, "--age-years", "7")
    assert said == asked(desk, "--age-months", "84")
    found = lines(said)
    assert {"nhanes-grip@2014", "cfm@5-17", "sdq@uk", "momo@2012"} <= set(found)
    assert not {"pegboard16@2023", "gsed@2406", "cfm@2-4"} & set(found)
    assert "fine motor: no open norms of visual-motor integration and handwriting" in said
    assert "sensory: no open norms, only: flag, base rate" in said


def test_the_age_at_which_norms_end_is_beyond_them(desk) -> None:
    assert "pegboard16@2023" in lines(asked(desk, "--age-years", "6.99"))
    assert "pegboard16@2023" not in lines(asked(desk, "--age-years", "7"))


@pytest.mark.parametrize("word", ["fine_motor", "fine motor", "Fine-Motor", " FINE_MOTOR "])
def test_a_domain_in_any_spelling(desk, word: str) -> None:
    said = asked(desk, "--domain", word)
    assert {"nhanes-grip@2014", "dcdq@fe"} <= set(lines(said)), "motor skills as a whole belong to fine motor too"
    assert "who-motor@2006" not in said
    assert "Not open" not in said, "without an age nothing can be said of holes"


def test_the_list_as_json(desk) -> None:
    rows = json.loads(asked(desk, "--age-years", "7", "--domain", "fine_motor", "--json"))
    assert {row["domain"] for row in rows} == {"fine_motor", "motor"}
    assert {row["scale"] for row in rows if row["pack"] == "nhanes-grip@2014"} == {"dominant", "nondominant", "combined"}
    assert all(row["months_from"] <= 84 and (row["months_below"] is None or row["months_below"] > 84) for row in rows)


def test_coverage_shows_all(desk) -> None:
    said = asked(desk, "--coverage")
    for words in ("fine motor\n", "attention\n", "\nHoles\n", "sensory, 6-8 y: no open norms"):
        assert words in said


WRONG = {
    "an age in months as years": (("--age-years", "84"), "an age that no child has. Is it in the other unit?"),
    "an age before birth": (("--age-months", "-1"), "an age that no child has"),
    "two ages": (("--age-years", "7", "--age-months", "84"), "the age is given in years and in months"),
    "a domain with a typo": (("--domain", "fine_moter"), "there is no such domain. Did you mean fine_motor? Allowed: "),
    "coverage at an age": (("--coverage", "--age-years", "7"), "--coverage shows all domains and ages, and is text"),
    "coverage as JSON": (("--coverage", "--json"), "--coverage shows all domains and ages, and is text"),
    "a directory that is not there": (("--packs-dir", "nowhere"), "nowhere: there is no such directory"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_a_question_that_cannot_be_answered(desk, words: tuple[str, ...], said: str) -> None:
    outcome = run(desk, "packs", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_what_to_enter(desk) -> None:
    said = run(desk, "norms", "items", "nhanes-grip@2014").out.splitlines()
    assert said[0].split() == ["item", "answers", "no", "answer", "unit", "scales"]
    assert [line.split()[0] for line in said[1:]] == [f"{hand}_{trial}" for hand in ("dominant", "nondominant") for trial in (1, 2, 3)]
    assert all("kg" in line for line in said[1:])


def test_the_template_is_ready_to_be_filled_in(desk) -> None:
    target = desk.folder / "template.csv"
    assert run(desk, "norms", "items", "nhanes-grip@2014", "--template", target).code == 0
    (head,) = csv.reader(target.read_text("utf-8").splitlines())
    assert head[:4] == ["id", "birth_date", "assessment_date", "sex"]
    row = {"id": "c1", "birth_date": "2014-03-02", "assessment_date": "2023-09-05", "sex": "female", **{f"dominant_{trial}": "14.2" for trial in (1, 2, 3)}}
    data = desk.file("filled.csv", f"{','.join(head)}\n{','.join(row.get(name, '') for name in head)}\n")
    outcome = desk.score(data, pack="nhanes-grip@2014")
    assert ("c1", "ok") in outcome.scored, outcome.err


def test_a_template_overwrites_nothing(desk) -> None:
    kept = desk.file("kept.csv", "precious\n")
    outcome = run(desk, "norms", "items", "nhanes-grip@2014", "--template", kept)
    assert outcome.code == 2
    assert "the template cannot be written" in outcome.err
    assert kept.read_text("utf-8") == "precious\n"


@pytest.mark.parametrize("action", ["items", "cite", "show"])
def test_a_pack_that_is_not_there(desk, action: str) -> None:
    outcome = run(desk, "norms", action, "nhanes_grip@2014")
    assert outcome.code == 2
    assert "no pack is called nhanes_grip@2014. Did you mean nhanes-grip@2014?" in outcome.err
