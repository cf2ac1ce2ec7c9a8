"""SOURCES.toml: where every table of a pack was seen, by whom typed, against what checked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from otscore.schema.base import Id, Model


class Source(Model):
    """One publication or file that figures were read in."""

    citation: str = Field(min_length=10)
    doi: str = ""
    url: str = ""


class TableSource(Model):
    """Which source a file of the pack comes from: page or table number, date read, how typed, against what checked."""

    file: str
    source: Id
    place: str = Field(min_length=3)
    read: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    transcribed: str = Field(min_length=3)
    checked: str = Field(min_length=3)


class Sources(Model):
    """SOURCES.toml: the sources by id, and for each file of the pack the place in one of them."""

    schema_version: Literal[1] = Field(alias="schema")
    sources: dict[Id, Source]
    tables: tuple[TableSource, ...] = ()
