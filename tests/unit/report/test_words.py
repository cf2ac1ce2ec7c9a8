"""The words: complete in every language, visible where they are missing, numbers as the language writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import otscore.report
from otscore.codes import FLAG_BITS, STATUS_NAMES, Domain, Kind, Metric
from otscore.errors import UsageError
from otscore.profile.progress_text import FLAGS, METHODS, PLAIN, STANDING
from otscore.report.words import labels_of, languages, read_labels, texts_of, words_of

SOURCES = "\n".join(file.read_text(encoding="utf-8") for file in sorted(Path(otscore.report.__file__).parent.iterdir()) if file.suffix in (".py", ".html"))
OTHERS = [language for language in languages() if language != "en"]


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_there_is_a_second_language() -> None:
    assert set(languages()) >= {"en", "de"}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    english, other = texts_of("en"), texts_of(language)
    assert sorted(english.keys() - other.keys()) == [], "these are missing and would show as ⟦key⟧"
    assert sorted(other.keys() - english.keys()) == []
    assert {key for key in english if blanks(english[key]) != blanks(other[key])} == set()


def test_every_code_of_the_library_has_words() -> None:
    for kind, codes in {"domain": Domain, "metric": Metric, "metric_help": Metric, "status": STATUS_NAMES, "flag": [*FLAG_BITS, *FLAGS], "kind": Kind, "pack": Kind,
                        "change_method": METHODS, "standing": STANDING, "score": PLAIN}.items():
        assert [code for code in codes if f"{kind}.{code}" not in texts_of("en")] == [], kind


def asked() -> tuple[set[str], set[str]]:
    """Keys that the sources ask for in full, and the beginnings of those that end in a code."""
    full = set(re.findall(r"words\(\s*f?\"([a-z_]+\.[a-z_0-9]+)\"", SOURCES)) | set(re.findall(r"words\('([a-z_]+\.[a-z_0-9]+)'", SOURCES))
    full |= set(re.findall(r"\"((?:ipsative|plain|age|rule|result|kind|contrast|reason)\.[a-z_0-9]+)\"", SOURCES))
    begun = set(re.findall(r"f[\"']([a-z_]+\.[a-z_]*){", SOURCES)) | {"flag.", "column."}
    return full, begun


def test_every_text_that_is_asked_for_is_there() -> None:
    full, begun = asked()
    assert len(full) > 100
    assert sorted(full - texts_of("en").keys()) == []
    assert [start for start in begun if not any(key.startswith(start) for key in texts_of("en"))] == []


def test_no_text_is_there_for_nothing() -> None:
    full, begun = asked()
    own = {"language.name", "language.decimal", "language.percent"}
    assert sorted(key for key in texts_of("en").keys() - full - own if not key.startswith(tuple(begun))) == []


def test_what_is_missing_is_seen() -> None:
    words = replace(words_of("en"), texts={})
    assert words("heading.glance") == "⟦heading.glance⟧"
    assert words("domain.play") == "⟦domain.play⟧"
    assert words("flag.<b>\u202e" + "x" * 500).startswith("⟦\u2068flag.<b>x")


@pytest.mark.parametrize(
    ("value", "digits", "english", "german"),
    [(None, None, "", ""), (85.0, None, "85", "85"), (-1.366, 2, "−1.37", "−1,37"), (-0.001, 2, "0.00", "0,00"), (0.128, None, "0.128", "0,128"),
     (1234567.0, None, "1234567", "1234567"), (-0.0, None, "0", "0"), (0.00001, None, "0.000010", "0,000010"), (1500.0, None, "1500", "1500")],
)  # fmt: skip
def test_numbers(value: float | None, digits: int | None, english: str, german: str) -> None:
    assert words_of("en").number(value, digits) == english
    assert words_of("de").number(value, digits) == german


def test_a_sign_where_it_says_something() -> None:
    words = words_of("en")
    assert [words.number(value, 1, sign=True) for value in (1.0, -1.0, 0.0, -0.04, 0.04)] == ["+1.0", "−1.0", "0.0", "0.0", "0.0"]


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="Allowed: de, en"):
        words_of("../../etc/passwd")


def test_own_labels(tmp_path: Path) -> None:
    file = tmp_path / "labels.toml"
    file.write_text('pegs = "Putting pegs"\n["hobbin@1"]\npegs = "Hobbin pegs"\n', encoding="utf-8")
    words = words_of("en", read_labels(str(file)))
    told = [words.name("pegs", "hobbin@1"), words.name("pegs", "other@1"), words.name("balance", "hobbin@1")]
    assert [one.strip("\u2068\u2069") for one in told] == ["Hobbin pegs", "Putting pegs", "balance"]


@pytest.mark.parametrize("content", ["pegs = 3", "pegs", b"\xff\xfe", "[a.b]\nc = 'd'"])
def test_labels_that_are_none(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "labels.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError):
        read_labels(str(file))
    with pytest.raises(UsageError):
        read_labels(str(tmp_path / "not there.toml"))
    with pytest.raises(UsageError):
        labels_of({1: "one"})
