"""A CSV file on its way to the parser: every line must have as many cells as the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from otscore.errors import Issue, ResponseError
from otscore.intake.findings import Findings

QUOTE = '"'
HINT = "Is a line cut off, a quotation mark left open, or a decimal comma in use?"


def read_header(handle: IO[str], name: str, separator: str) -> list[str]:
    """The names of the columns. Raises ResponseError for an empty file, another encoding, or another separator."""
    try:
        header = next(csv.reader(iter(handle.readline, ""), delimiter=separator), [])
    except csv.Error:
        raise ResponseError(Issue("broken_file", "the header line cannot be read", HINT, name)) from None
    if any("\0" in cell for cell in header):
        raise not_utf8(name)
    header = [cell.strip() for cell in header]
    if not any(header):
        raise ResponseError(Issue("empty_file", "the file is empty, or its first line is", "The first line names the columns", name))
    if len(header) == 1 and any(other in header[0] for other in ";\t|,"):
        message = f"the cells are not separated by {'tabs' if separator != ',' else 'commas'}"
        hint = "Save it comma separated (.csv), or with tabs as .tsv"
        raise ResponseError(Issue("delimiter", message, hint, name))
    return header


def not_utf8(name: str, row: int = -1) -> ResponseError:
    """The error for a file in another encoding."""
    return ResponseError(Issue("encoding", "the file is not UTF-8", 'Save it again as "CSV UTF-8"', name, row))


class WholeLines:
    """Hands text on to the parser, and refuses a file with a line shorter or longer than the header.

    The parser alone would fill the cells that a short line lacks with "no answer". Lines are counted together where they
    hold no quotation mark: too long a line beside too short a one is left to the parser. ``exact``: each for itself.

    Lines of nothing but separators at the end of the file, as spreadsheets leave them, are no rows and are not handed on.
    """

    def __init__(self, handle: IO[str], separator: str, cells: int, name: str, exact: bool = False) -> None:
        self.handle, self.separator, self.cells, self.exact = handle, separator, cells, exact
        self.findings = Findings(source=name)
        self.rows, self.rest = 0, ""
        self.held, self.last = "", "\n"

    def read(self, size: int = -1) -> str:
        """The next piece of text. Raises ResponseError, once the file is read to its end, when a line is broken."""
        while True:
            text = self.handle.read(size)
            self._check(text)
            if self.findings.entries:
                while text:
                    self._check(text := self.handle.read(1_000_000))
                raise ResponseError(self.findings.issues())
            if not text:
                return ""
            if told := self._without_empty_end(text):
                return told

    def _without_empty_end(self, text: str) -> str:
        """The text up to its last line that holds anything; what follows waits for a line that does."""
        text = self.held + text
        full = len(text.rstrip(f"{self.separator} \r\n"))
        if full or self.last not in "\r\n":
            end = text.find("\n", full) + 1 or (text.find("\r", full) + 1 if "\r" in text[full:-1] else 0) or len(text)
        else:
            end = int(self.last == "\r" and text.startswith("\n"))
        self.last = text[end - 1] if end else self.last
        self.held = text[end:]
        return text[:end]

    def __iter__(self) -> Iterator[str]:
        return iter(self.handle)

    def _check(self, text: str) -> None:
        piece = self.rest + text
        end = len(piece) if not text else max(piece.rfind("\n"), piece.rfind("\r", 0, -1) if "\n" not in piece else -1) + 1
        whole, self.rest = piece[:end], piece[end:]
        lines = whole.count("\n") + (not text and bool(whole) and whole[-1] != "\n")
        together = not self.exact and self.cells > 1 and QUOTE not in whole
        if together and whole.count(self.separator) == lines * (self.cells - 1):
            self.rows += lines
        elif whole:
            self._check_lines(whole, last=not text)

    def _check_lines(self, whole: str, last: bool) -> None:
        """Line by line; a record whose quotation mark is still open waits for the next piece."""
        lines = list(io.StringIO(whole, newline=""))
        reader = csv.reader(lines, delimiter=self.separator)
        start = 0
        while start < len(lines):
            try:
                record = next(reader)
            except csv.Error:
                message = "a quotation mark is left open"
                self.findings.add_lines("broken_file", "", [self.rows + 1], message, "Close it, or write it twice")
                return
            stop = reader.line_num
            if stop == len(lines) and not last and sum(line.count(QUOTE) for line in lines[start:]) % 2:
                self.rest = "".join(lines[start:]) + self.rest
                return
            if len(record) > 1 or (record and record[0].strip()):
                self.rows += 1
                self._count(record, cut=last and stop == len(lines) and not whole.endswith(("\n", "\r")))
            start = stop

    def _count(self, record: list[str], cut: bool) -> None:
        if len(record) < self.cells:
            ends = " and is the end of the file, which seems cut off" if cut else ""
            self.findings.add_lines("broken_file", "", [self.rows], f"a line has fewer cells than the header{ends}", HINT)
        elif len(record) > self.cells:
            self.findings.add_lines("broken_file", "", [self.rows], "a line has more cells than the header", HINT)
