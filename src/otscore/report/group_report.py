"""The group summary of a file of children as a report: to read and print, with the norms and every caveat of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from otscore.batch import is_absent
from otscore.profile.build import pack_stamp
from otscore.report.basis import banners, pack_blocks
from otscore.report.counted import Counted
from otscore.report.document import Block, Bullets, Document, Group, Section, Table
from otscore.report.foreign import foreign
from otscore.report.words import Words

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
STANDING = ("scale", "domain", "scored", "mean_z", "sd_z", "below_cut", "at_floor", "at_ceiling", "open_ended")


def group_document(frame: pd.DataFrame, parts: Sequence[Counted], words: Words) -> Document:
    """The table of :func:`otscore.report.group.group_frame`, of one group, for people."""
    packs = tuple(pack_stamp(part.stamp) for part in parts)
    rows = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    sections = (_standing(rows, words), _missing(rows, words), _notes(rows, words))
    norms = Section("norms", words("heading.norms"), tuple(block for pack in packs for block in pack_blocks(pack, words)))
    return Document(
        words.language, words("title.group"), banners(packs, words), (words("group.rows", n=str(len(parts[0]))), words("group.what")),
        (*(section for section in sections if section.blocks), norms),
        words("footer.made", version=foreign(parts[0].stamp.library_version)), words("title.page"),
    )  # fmt: skip


def _standing(rows: Sequence[Row], words: Words) -> Section:
    head = tuple(words(f"column.{name}") for name in ("pack", *STANDING))
    groups = _by_pack(rows, words, lambda row: _figures(row, words))
    return Section("standing", words("heading.group"), (Table(words("caption.group"), head, groups, frozenset(range(3, len(head))), grouped=True, quiet=True),))


def _figures(row: Row, words: Words) -> tuple[str, ...]:
    return (
        words.name(row["scale"], row["pack"]), words.domain(row["domain"]), str(row["n_scored"]),
        _with_interval(row, "mean_z", _number, words), _number(row["sd_z"], words), _with_interval(row, "share_below", _percent, words),
        _percent(row["share_floor"], words), _percent(row["share_ceiling"], words), _percent(row["share_open"], words),
    )  # fmt: skip


def _missing(rows: Sequence[Row], words: Words) -> Section:
    """Who has no score: all, then by reason."""
    reasons = [name for name in (rows[0] if rows else ()) if name.startswith("missing_")]
    if not reasons:
        return Section("missing", words("heading.missing"), ())
    told = [words(f"status.{name.removeprefix('missing_')}") for name in reasons]
    head = (words("column.pack"), words("column.scale"), words("column.missing"), *told)
    groups = _by_pack(rows, words, lambda row: (words.name(row["scale"], row["pack"]), *(_percent(row[name], words) for name in ("share_missing", *reasons))))
    return Section("missing", words("heading.missing"), (Table(words("caption.missing"), head, groups, frozenset(range(2, len(head))), grouped=True),))


def _by_pack(rows: Sequence[Row], words: Words, cells: Any) -> tuple[Group, ...]:
    packs = dict.fromkeys(row["pack"] for row in rows)
    return tuple(Group(words.name(pack), tuple(cells(row) for row in rows if row["pack"] == pack)) for pack in packs)


def _notes(rows: Sequence[Row], words: Words) -> Section:
    cut, level = (words.number(rows[0]["cut"]), words.number(100 * rows[0]["level"])) if rows else ("", "")
    told: Iterable[str] = (words("group.z", level=level), words("group.below", cut=cut, level=level), words("group.ends"), words("group.weights"))
    blocks: tuple[Block, ...] = (Bullets(tuple(told)),)
    return Section("methods", words("heading.methods"), blocks)


def _number(value: Any, words: Words) -> str:
    return "" if is_absent(value) else words.number(float(value), 2)


def _percent(value: Any, words: Words) -> str:
    return "" if is_absent(value) else f"{words.number(100 * float(value), 1)} {words('language.percent')}"


def _with_interval(row: Row, name: str, told: Callable[[Any, Words], str], words: Words) -> str:
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    if is_absent(low) or is_absent(high):
        return told(value, words)
    return words("group.with_interval", value=told(value, words), low=told(low, words), high=told(high, words))
