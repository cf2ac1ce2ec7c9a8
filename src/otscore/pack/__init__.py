"""Norm packs: locate, read, lock, register. The only file I/O on packs."""

from __future__ import annotations

from otscore.pack.cite import cite, codebook
from otscore.pack.read import Item, Pack, read_pack
from otscore.pack.registry import PackRef, Registry, registry
from otscore.pack.table import Table

__all__ = ["Item", "Pack", "PackRef", "Registry", "Table", "cite", "codebook", "read_pack", "registry"]
