"""What two packs do not have alike: canonical content, file by file. Order of rows, spelling of numbers and blanks do not count.

Meant for norm tables that two people have typed independently, and for two versions of one pack. Nothing needs to be sound: see
:mod:`otscore.pack.loose`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.pack.diff_rows import diff_tables, remarks
from otscore.pack.diff_toml import diff_documents
from otscore.pack.diff_words import Difference
from otscore.pack.loose import LoosePack, LooseTable, read_loose
from otscore.pack.registry import PackRef

ORDER_COUNTS = ("runs", "weights", "administration")
"""Keys of a scale for which the order of its items means something."""


@dataclass(frozen=True, slots=True)
class PackDiff:
    """Two packs beside each other: where they lie, what differs, what several differences have in common, what was not readable."""

    a: LoosePack
    b: LoosePack
    found: tuple[Difference, ...]
    remarks: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Name of the pack; both where they differ."""
        return self.a.name if self.a.name == self.b.name else f"{self.a.name} and {self.b.name}"


def paired(a: Sequence[PackRef], b: Sequence[PackRef]) -> tuple[list[tuple[PackRef, PackRef]], list[Difference]]:
    """Packs of two collections that belong together: one with one, else by name, else by place; and packs only in one.

    Raises UsageError where none belongs to another.
    """
    if len(a) == len(b) == 1:
        return [(a[0], b[0])], []
    left, pairs = list(b), []
    alone = []
    for ref in a:
        other = next((one for one in left if one.name == ref.name), None) or next((one for one in left if _place(one) == _place(ref)), None)
        if other is None:
            alone.append(Difference(ref.name, "", "pack", only="A", note=str(ref.directory)))
        else:
            left.remove(other)
            pairs.append((ref, other))
    alone += [Difference(ref.name, "", "pack", only="B", note=str(ref.directory)) for ref in left]
    if not pairs:
        names = [", ".join(sorted(ref.name for ref in refs)) for refs in (a, b)]
        hint = f"A has {names[0]}; B has {names[1]}. Name one pack on each side, or directories that hold packs of the same names"
        raise UsageError(Issue("nothing_to_compare", "no pack of A is in B", hint))
    return pairs, alone


def _place(ref: PackRef) -> tuple[str, str]:
    return ref.directory.name if ref.shared != ref.root else "", ref.shared.name if ref.shared != ref.root else ref.directory.name


def diff_packs(a: PackRef, b: PackRef) -> PackDiff:
    """Read two packs, however unsound, and compare them."""
    return compared(read_loose(a), read_loose(b))


def compared(a: LoosePack, b: LoosePack) -> PackDiff:
    """Every difference, in the order of the files and of A."""
    name = a.name
    strata = tuple(dict.fromkeys(key for pack in (a, b) for key in _strata(pack)))
    found: list[Difference] = []
    told: list[tuple[str, str]] = []
    for file in sorted({*a.files, *b.files}, key=[*a.files, *b.files].index):
        here, there = (_content(pack, file) for pack in (a, b))
        if here is None or there is None:
            found.append(Difference(name, file, "file", only="A" if there is None else "B"))
        elif isinstance(here, LooseTable) and isinstance(there, LooseTable):
            cells = list(diff_tables(name, file, (here, there), strata))
            told += [(file, words) for words in remarks((here, there), cells)]
            found += cells
            found += _item_order(name, (a, b), (here, there)) if file == "items.csv" else ()
        elif isinstance(here, dict) and isinstance(there, dict):
            found += diff_documents(name, file, here, there)
        else:
            found += _lines(name, file, _text(here), _text(there))
    return PackDiff(a, b, tuple(found), tuple(told))


def _strata(pack: LoosePack) -> list[str]:
    strata = pack.documents.get("pack.toml", {}).get("strata")
    return list(strata) if isinstance(strata, dict) else []


def _content(pack: LoosePack, file: str) -> Any:
    return next((kind[file] for kind in (pack.documents, pack.tables, pack.texts) if file in kind), None)


def _text(content: Any) -> list[tuple[int, str]]:
    """Lines of a file, of which the other pack's was no TOML or no table."""
    if isinstance(content, list):
        return content
    if isinstance(content, LooseTable):
        return [(line, ",".join(row)) for line, row in zip(content.lines, content.rows, strict=True)]
    return [(0, f"{key} = {value}") for key, value in content.items()]


def _lines(pack: str, file: str, a: list[tuple[int, str]], b: list[tuple[int, str]]) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [text for _, text in a], [text for _, text in b], autojunk=False)
    for _, a_from, a_to, b_from, b_to in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        for place in range(max(a_to - a_from, b_to - b_from)):
            one = a[a_from + place] if a_from + place < a_to else (0, "")
            other = b[b_from + place] if b_from + place < b_to else (0, "")
            only = "A" if not other[0] and not other[1] else "B" if not one[0] and not one[1] else ""
            yield Difference(pack, file, "line", "", "", one[1], other[1], only, (one[0], other[0]))


def _item_order(name: str, packs: tuple[LoosePack, LoosePack], tables: tuple[LooseTable, LooseTable]) -> Iterator[Difference]:
    """Items in another order, where a scale takes them in the order of items.csv and goes by it."""
    scales = [scale for pack in packs for scale in _scales(pack) if scale.get("items") == "all" or "items_domain" in scale]
    ordered = [str(scale.get("id", "")) for scale in scales if any(key in scale for key in ORDER_COUNTS)]
    if not ordered or any("item" not in table.names for table in tables):
        return
    items = [[(row[table.names.index("item")], line) for row, line in zip(table.rows, table.lines, strict=True)] for table in tables]
    both = {item for item, _ in items[0]} & {item for item, _ in items[1]}
    common = [[pair for pair in side if pair[0] in both] for side in items]
    for (one, line_a), (other, line_b) in zip(*common, strict=False):
        if one != other:
            note = f"the order counts for {', '.join(dict.fromkeys(ordered))}; the first that differ are shown"
            yield Difference(name, "items.csv", "order", "", "item", one, other, lines=(line_a, line_b), note=note)
            return


def _scales(pack: LoosePack) -> list[dict[str, Any]]:
    scales = pack.documents.get("instrument.toml", {}).get("scales")
    return [scale for scale in scales if isinstance(scale, dict)] if isinstance(scales, list) else []
