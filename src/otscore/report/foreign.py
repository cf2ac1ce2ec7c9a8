"""Text that comes from outside (identifiers, names in packs, notes): made short and inert before it stands in a report.

It is put between two isolating characters, U+2068 and U+2069, that no text from outside can hold any more: so a word written from right
to left cannot turn its neighbours round (Unicode Standard Annex 9), and HTML can write them as an element.
"""

from __future__ import annotations

import unicodedata

OPEN, CLOSE = "\u2068", "\u2069"
SHORT, LONG = 80, 1000
"""Most characters of a name, and of a note or notice."""

JOINERS = "\u200c\u200d"
FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
MARKS_IN_A_ROW = 3


def foreign(text: object, limit: int = SHORT) -> str:
    """The text on one line, without control and direction characters, shortened, isolated; empty stays empty."""
    clean = inert(str(text), limit)
    return f"{OPEN}{clean}{CLOSE}" if clean else ""


def inert(text: str, limit: int = SHORT) -> str:
    """The same without the isolating characters."""
    short = plain(text, limit)
    return f"'{short}" if short[:1] in FORMULA and not _is_number(short) else short


def plain(text: str, limit: int = SHORT) -> str:
    """One line without control characters, marks of writing direction and heaps of accents, where no spreadsheet will read it."""
    text = text[: 4 * limit]
    words = " ".join((text if text.isascii() and text.isprintable() else _cleaned(text)).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip(JOINERS + " ") + "\u2026"


def _cleaned(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks <= MARKS_IN_A_ROW:
            kept.append(_kept(char, kind))
    return "".join(kept)


def _kept(char: str, kind: str) -> str:
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    if kind == "Cs":
        return "\ufffd"
    return "" if kind in ("Cf", "Co", "Cn") and char not in JOINERS else char


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text
    return True


def without_isolates(text: str) -> str:
    """The text as a person reads it."""
    return text.replace(OPEN, "").replace(CLOSE, "")
