"""Reports of many children in a folder: a file for each child and an index. The folder fills only when everything went well."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.profile.scores import Scores
from otscore.report.compose import compose
from otscore.report.counted import Counted, together
from otscore.report.document import Document
from otscore.report.group import counted_frame
from otscore.report.group_report import group_document
from otscore.report.html import document_html
from otscore.report.index import Entry, index_html
from otscore.report.markdown import document_markdown
from otscore.report.names import FileNames
from otscore.report.words import words_of

FORMATS = ("html", "md", "json")
INDEX, GROUP_PAGE, GROUP_TABLE = "index.html", "group.html", "group.csv"
WRITERS: Mapping[str, Callable[[Document], str]] = {"html": document_html, "md": document_markdown}
Result = TypeVar("Result")


class ReportFolder:
    """A context manager: ``write`` a profile at a time; the files appear together at the end, ``index.html`` last. Of the scores that
    were handed to ``gather`` there is a group summary too, as a page and as a table.
    """

    def __init__(
        self, path: str, held: bool = False, *, formats: Iterable[str] = ("html",), language: str = "en", labels: Mapping[str, str] | None = None
    ) -> None:
        """``path`` is a new or an empty folder. ``held`` changes nothing: nothing is ever seen before the end.

        Raises UsageError for a format or language that is not there, labels that are no text, and a folder that cannot be used; on
        entering, where it cannot be made.
        """
        self.path, self.formats = Path(path), tuple(dict.fromkeys(formats))
        self.words, self.names = words_of(language, labels), FileNames((INDEX, GROUP_PAGE, GROUP_TABLE))
        self.entries: list[Entry] = []
        self.given: list[str] = []
        self.counted: list[list[Counted]] = []
        if not self.formats or not set(self.formats) <= set(FORMATS):
            raise UsageError(Issue("format", "there are no reports in that format", f"Allowed: {', '.join(FORMATS)}", field="format"))
        _check(path)

    def write(self, profile: Profile, plan: Plan | None = None, progress: Progress | None = None) -> int:
        """Add the reports of one child, under a safe form of its identifier; the place of the child in the index."""
        self.given.append(self.names.of(profile.id))
        self.entries.append(self._written(self.given[-1], profile, plan, progress))
        return len(self.entries) - 1

    def again(self, place: int, profile: Profile, plan: Plan | None = None, progress: Progress | None = None) -> None:
        """Write the reports of a child that has its place once more, with what has become known of it."""
        self.entries[place] = self._written(self.given[place], profile, plan, progress)

    def gather(self, scores: Scores) -> None:
        """Count the scores of these children in the group summary."""
        self.counted.append([Counted.of(part) for part in scores.parts])

    def _written(self, name: str, profile: Profile, plan: Plan | None, progress: Progress | None) -> Entry:
        document = compose(profile, plan, progress, self.words.language, self.words.labels)
        texts = {f"{name}.{kind}": WRITERS[kind](document) for kind in self.formats if kind in WRITERS}
        if "json" in self.formats:
            extra = (("plan", plan), ("progress", progress))
            texts |= {f"{name}.json": profile.to_json()} | {f"{name}-{kind}.json": one.to_json() for kind, one in extra if one is not None}
        for file, text in texts.items():
            self._guarded(lambda file=file, text=text: (self.work / file).write_text(text, encoding="utf-8", newline=""))  # type: ignore[misc]
        return Entry.of(profile, tuple(texts), document.banners, self.words)

    def _group(self) -> tuple[str, ...]:
        """Write the group summary, where children were counted; its files."""
        from otscore.profile.files import OutputFile

        parts = [together(pieces) for pieces in zip(*self.counted, strict=True)]
        if not parts or not len(parts[0]):
            return ()
        frame = counted_frame(parts)
        page = document_html(group_document(frame, parts, self.words))
        self._guarded(lambda: (self.work / GROUP_PAGE).write_text(page, encoding="utf-8", newline=""))
        with OutputFile(str(self.work / GROUP_TABLE)) as out:
            out.write(frame)
        return GROUP_PAGE, GROUP_TABLE

    def __enter__(self) -> ReportFolder:
        self.made = not self.path.exists()
        self._guarded(lambda: self.path.mkdir(exist_ok=True))
        self.work = Path(self._guarded(lambda: tempfile.mkdtemp(prefix=".part-", dir=self.path)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        moved: list[Path] = []
        try:
            if kind is None:
                group = self._group()
                self._guarded(lambda: (self.work / INDEX).write_text(index_html(self.entries, self.words, group), encoding="utf-8", newline=""))
                self._guarded(lambda: self._move(moved, group))
        except BaseException:
            for file in moved:
                file.unlink(missing_ok=True)
            moved.clear()
            raise
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
            if self.made and not moved:
                with suppress(OSError):
                    self.path.rmdir()

    def _move(self, moved: list[Path], group: tuple[str, ...]) -> None:
        files = [file for entry in self.entries for file in entry.files]
        for file in (*files, *group, INDEX):
            os.replace(self.work / file, self.path / file)
            moved.append(self.path / file)

    def _guarded(self, action: Callable[[], Result]) -> Result:
        try:
            return action()
        except OSError as error:
            hint = f"The system says: {error.strerror or type(error).__name__}"
            raise UsageError(Issue("not_writable", "the reports cannot be written", hint, str(self.path))) from None


def write_reports(
    path: str | os.PathLike[str], profiles: Iterable[Profile], *, formats: Iterable[str] = ("html",), language: str = "en",
    labels: Mapping[str, str] | None = None,
) -> Path:  # fmt: skip
    """A report for each profile in a new or empty folder, with an index; the path of the index.

    formats : any of ``html``, ``md``, ``json``. Raises UsageError as :class:`ReportFolder`; then nothing is written.
    """
    with ReportFolder(os.fspath(path), formats=formats, language=language, labels=labels) as folder:
        for profile in profiles:
            folder.write(profile)
    return folder.path / INDEX


def _check(path: str) -> None:
    if path == "-":
        raise UsageError(Issue("no_folder", "reports go into a folder, not to standard output", "Name a new folder"))
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise UsageError(Issue("not_writable", "there is a file where the folder should be", "Name a new folder", path))
    if not folder.absolute().parent.is_dir():
        raise UsageError(Issue("no_folder", "the folder above that of the reports does not exist", "Create it first", path))
    try:
        filled = folder.is_dir() and any(folder.iterdir())
    except OSError as error:
        raise UsageError(Issue("not_writable", "the folder cannot be read", f"The system says: {error.strerror}", path)) from None
    if filled:
        raise UsageError(Issue("not_empty", "the folder is not empty, and reports never mix with other files", "Name a new or an empty folder", path))
