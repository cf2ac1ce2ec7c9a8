"""Norm packs: locate, read, lock, register. The only file I/O on packs."""

from __future__ import annotations

from otscore.packs.read import Item, Pack, read_pack
from otscore.packs.registry import PackRef, Registry, registry
from otscore.packs.table import Table

__all__ = ["Item", "Pack", "PackRef", "Registry", "Table", "read_pack", "registry"]
