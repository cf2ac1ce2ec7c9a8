"""What a report consists of, before it is HTML or Markdown: so both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Sub:
    """A heading inside a section."""

    text: str
    kind: str = "sub"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    kind: str = "bullets"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together; ``title`` is their common heading, in a column before the others, or empty."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its heading. numeric : columns of numbers. grouped : the first column of ``head`` is that of
    the titles of the groups. quiet : a caption that says what the heading above has said, for those who do not see.
    """

    caption: str
    head: tuple[str, ...]
    groups: tuple[Group, ...]
    numeric: frozenset[int] = frozenset()
    grouped: bool = False
    quiet: bool = False
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG of ours, and what it shows in words."""

    svg: str
    alt: tuple[str, ...]
    kind: str = "picture"


Block = Text | Sub | Bullets | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """What nobody may overlook."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A report. lead : who, which age, what this is. page : the word for page; it and the titles of banners are ours, for they stand in the style too."""

    language: str
    title: str
    banners: tuple[Banner, ...]
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    page: str


def table(
    caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numeric: frozenset[int] = frozenset(), quiet: bool = False
) -> tuple[Block, ...]:
    """A table without groups; nothing where it would have no row."""
    return (Table(caption, head, (Group("", tuple(rows)),), numeric, quiet=quiet),) if rows else ()
