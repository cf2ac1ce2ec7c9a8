"""Two TOML files of a pack compared key by key: the path of a key, and what it holds in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from otscore.pack.diff_words import Difference

NAMES: tuple[Callable[[Mapping[str, Any]], Any], ...] = (
    lambda table: table.get("id"),
    lambda table: table.get("file"),
    lambda table: ", ".join(map(str, table["scales"])) + (f" in {table['group']}" if "group" in table else "") if isinstance(table.get("scales"), list) else None,
    lambda table: table.get("scale"),
)
"""What one of several tables under one key is called: its id, its file, the scales it is for."""

IN_ORDER = ("scales", "composites", "derived_items")
"""Lists whose order decides the order of the output, and what may be made of what."""

ALIKE = 0.5
NOTHING = object()


def diff_documents(pack: str, file: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Difference]:
    """Every key whose value differs, or that stands in one file only."""
    for what, path, x, y in _tables(a, b, ""):
        only = "A" if y is NOTHING else "B" if x is NOTHING else ""
        said = ["" if value is NOTHING else _words(value) for value in (x, y)]
        yield Difference(pack, file, what, path, "", said[0], said[1], only)


Found = Iterator[tuple[str, str, Any, Any]]


def _values(x: Any, y: Any, path: str) -> Found:
    if isinstance(x, dict) and isinstance(y, dict):
        yield from _tables(x, y, path)
    elif isinstance(x, list) and isinstance(y, list):
        yield from (_named(x, y, path) if _of_tables(x) and _of_tables(y) and (x or y) else _lists(x, y, path))
    elif not _same(x, y):
        yield "key", path, x, y


def _tables(x: Mapping[str, Any], y: Mapping[str, Any], path: str) -> Found:
    for key in dict.fromkeys((*x, *y)):
        place = f"{path}.{key}" if path else key
        if key in x and key in y:
            yield from _values(x[key], y[key], place)
        else:
            yield "key", place, x.get(key, NOTHING), y.get(key, NOTHING)


def _lists(x: Sequence[Any], y: Sequence[Any], path: str) -> Found:
    """Lists of plain values: place by place where they are equally long, else what was put in and left out."""
    if len(x) == len(y):
        for place, (one, other) in enumerate(zip(x, y, strict=True)):
            yield from _values(one, other, f"{path}[{place}]")
        return
    matcher = SequenceMatcher(None, list(map(_canonical, x)), list(map(_canonical, y)), autojunk=False)
    for _, a_from, a_to, b_from, b_to in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        for place in range(max(a_to - a_from, b_to - b_from)):
            one = x[a_from + place] if a_from + place < a_to else NOTHING
            other = y[b_from + place] if b_from + place < b_to else NOTHING
            yield "key", f"{path}[{(a_from if one is not NOTHING else b_from) + place}]", one, other


def _of_tables(values: Sequence[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _named(x: Sequence[dict[str, Any]], y: Sequence[dict[str, Any]], path: str) -> Found:
    """Tables in pairs by their names, those left over by what they hold; tables without a name by their place."""
    names = [_names(tables) for tables in (x, y)]
    if not all(map(all, names)):
        for place in range(max(len(x), len(y))):
            one, other = (tables[place] if place < len(tables) else NOTHING for tables in (x, y))
            yield from ([("key", f"{path}[{place}]", one, other)] if NOTHING in (one, other) else _values(one, other, f"{path}[{place}]"))
        return
    of_x, of_y = ({name: table for name, table in zip(names[side], tables, strict=True)} for side, tables in enumerate((x, y)))
    pairs = {name: name for name in of_x if name in of_y} | _by_content(of_x, of_y)
    for name, table in of_x.items():
        if name in pairs:
            yield from _tables(table, of_y[pairs[name]], f"{path}[{name}]")
        else:
            yield "key", f"{path}[{name}]", table, NOTHING
    for name in of_y:
        if name not in pairs.values():
            yield "key", f"{path}[{name}]", NOTHING, of_y[name]
    orders = [name for name in names[0] if name in names[1]], [name for name in names[1] if name in names[0]]
    if path in IN_ORDER and orders[0] != orders[1]:
        yield "order", path, ", ".join(map(str, orders[0])), ", ".join(map(str, orders[1]))


def _names(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each table, empty where it has none; one that is called as another before it is counted."""
    found: list[str] = []
    for table in tables:
        name = next((str(name) for name in (of(table) for of in NAMES) if isinstance(name, str | int)), "")
        times = sum(one.partition(" #")[0] == name for one in found)
        found.append(f"{name} #{times + 1}" if times and name else name)
    return found


def _by_content(x: Mapping[str, dict[str, Any]], y: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Tables whose name was typed in two ways: those left over on both sides that hold much the same."""
    left = [name for name in x if name not in y], [name for name in y if name not in x]
    flat = {(side, name): set(_leaves(of[name], "")) for side, of in enumerate((x, y)) for name in left[side]}
    ranked = sorted((-_share(flat[0, one], flat[1, other]), one, other) for one in left[0] for other in left[1])
    pairs: dict[str, str] = {}
    for share, one, other in ranked:
        if -share >= ALIKE and one not in pairs and other not in pairs.values():
            pairs[one] = other
    return pairs


def _share(x: set[str], y: set[str]) -> float:
    return len(x & y) / max(len(x), len(y), 1)


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    else:
        yield f"{path}={_canonical(value)}"


def _same(x: Any, y: Any) -> bool:
    return _canonical(x) == _canonical(y)


def _canonical(value: Any) -> str:
    """A value as text in which 1 and 1.0 are one, true is no number, and blanks and line ends do not count."""
    if isinstance(value, str):
        return repr(" ".join(value.split()))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    if isinstance(value, list):
        return f"[{', '.join(map(_canonical, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_canonical(value[key])}' for key in sorted(value))}}}"
    return str(value)


def _words(value: Any) -> str:
    """A value as it is written in TOML, in one line."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_words, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_words(inner)}' for key, inner in value.items())} }}"
    return str(value)
