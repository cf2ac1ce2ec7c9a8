"""Plain data as TOML, in one way only, so that the same data are the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any


def toml_text(document: Mapping[str, Any]) -> str:
    """A document as TOML: values first, then tables, then lists of tables; None is left out."""
    return "\n".join(_lines(document, "")).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    told = {key: value for key, value in table.items() if value is not None}
    for key, value in told.items():
        if not _is_table(value) and not _are_tables(value):
            yield f"{_key(key)} = {toml_value(value)}"
    for key, value in told.items():
        name = f"{path}{_key(key)}"
        if _is_table(value):
            yield from ("", f"[{name}]", *_lines(value, f"{name}."))
        elif _are_tables(value):
            for one in value:
                yield from ("", f"[[{name}]]", *_lines(one, f"{name}."))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _are_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    plain = key and all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in key)
    return key if plain else json.dumps(key, ensure_ascii=False)


def toml_value(value: Any) -> str:
    """A single value or a list of such."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, float):
        return repr(int(value)) if math.isfinite(value) and value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
