"""A report as Markdown: the same content, with nothing in a text that Markdown or HTML would act upon."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.report.compose import compose
from otscore.report.document import Block, Bullets, Document, Picture, Sub, Table
from otscore.report.foreign import without_isolates

ACTIVE = re.compile(r"([\\`*_{}\[\]<>|~&$!#^])")
LINE_START = re.compile(r"^(\s*)([-+=:]|\d+[.)])")
LINK = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=www)\.|@(?=[^\s@]*\.)", re.IGNORECASE)
LEFTWARDS, FIRST_LEFTWARDS = ("R", "AL", "AN"), "\u0590"


def profile_markdown(
    profile: Profile, plan: Plan | None = None, progress: Progress | None = None, language: str = "en", labels: Mapping[str, str] | None = None
) -> str:
    """The report as Markdown (with tables). Raises UsageError as :func:`otscore.report.compose.compose`."""
    return document_markdown(compose(profile, plan, progress, language, labels))


def document_markdown(document: Document) -> str:
    """A report that is put together, as Markdown."""
    return "\n\n".join(_parts(document)) + "\n"


def plain(text: str) -> str:
    """The text so that Markdown shows it as it is; direction is isolated only where something is written from right to left."""
    bare = without_isolates(text)
    if not any(char >= FIRST_LEFTWARDS and unicodedata.bidirectional(char) in LEFTWARDS for char in bare):
        text = bare
    escaped = LINK.sub(lambda found: f"\\{found[0]}", ACTIVE.sub(r"\\\1", text))
    return LINE_START.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", escaped)


def _parts(document: Document) -> Iterator[str]:
    for banner in document.banners:
        yield f"**{plain(banner.title)}**: {plain(banner.text)}"
    yield f"# {plain(document.title)}"
    yield from map(plain, document.lead)
    for section in document.sections:
        yield f"## {plain(section.title)}"
        yield from map(_block, section.blocks)
    yield plain(document.footer)


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Bullets):
        return "\n".join(f"- {plain(item)}" for item in block.items)
    if isinstance(block, Picture):
        return "\n".join(f"- {plain(item)}" for item in block.alt)
    return f"### {plain(block.text)}" if isinstance(block, Sub) else plain(block.text)


def _table(block: Table) -> str:
    rule = tuple("---:" if place in block.numeric else "---" for place in range(len(block.head)))
    lines = [_line(map(plain, block.head)), _line(rule)]
    for group in block.groups:
        for place, row in enumerate(group.rows):
            first = [group.title if place == 0 else ""] if block.grouped else []
            lines.append(_line(map(plain, (*first, *row))))
    return f"{plain(block.caption)}\n\n" + "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"

