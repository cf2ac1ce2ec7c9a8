"""A desk to work at: files of a few children in a folder of their own, and the command line run upon them."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from otscore.cli import main

CANARIES = ("kanari", "61977", "2019-11-23", "23/11/2019", "2031-12-01", "8817.25")
"""Stand in the identifiers, names, notes, answers, dates and ages of the files of these tests; never in a message."""


@dataclass(frozen=True)
class Outcome:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str
    file: Path

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.file.read_text(encoding="utf-8"), newline="")))

    @property
    def scored(self) -> list[tuple[str, str]]:
        """Identifier and status of every row."""
        return [(row["id"], row["status"]) for row in self.rows]


class Desk:
    """Writes files and runs the command; a warning is an error, and no message may hold a canary."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        self.folder, self.capsys, self.caplog = folder, capsys, caplog

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *words: object, out: str = "scores.csv", quiet: bool = False) -> Outcome:
        target = self.folder / out if out != "-" else Path("-")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            code = main([*map(str, words), "--out", str(target)] if not quiet else [*map(str, words)])
        said = self.capsys.readouterr()
        leaked = [word for word in CANARIES if word in (said.err + self.caplog.text).casefold()]
        assert not leaked, said.err
        assert not list(self.folder.glob("*.part")), "a half-written file was left behind"
        return Outcome(code, said.out, said.err, target)

    def score(self, source: object, *words: object, pack: str = "gsed@2406", out: str = "scores.csv") -> Outcome:
        return self.run("score", source, "--pack", pack, *words, out=out)

    def refused(self, source: object, *words: object, pack: str = "gsed@2406", out: str = "scores.csv") -> str:
        """What is said about a file that must be refused: nothing is written."""
        outcome = self.score(source, *words, pack=pack, out=out)
        assert outcome.code == 2, outcome.err
        assert outcome.out == ""
        assert not outcome.file.exists()
        assert all(line.startswith("otscore: ") for line in outcome.err.splitlines())
        return outcome.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Desk:
    return Desk(tmp_path, capsys, caplog)
