"""``otscore norms diff``: two packs beside each other, what they hold and what they score."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from otscore.errors import Issue, PackError, UsageError
from otscore.pack.diff import PackDiff, diff_packs, paired
from otscore.pack.diff_words import Difference, number_words
from otscore.pack.loose import named_packs
from otscore.pack.registry import PackRef, located

LONGEST = 120
COLUMNS = tuple(Difference("", "", "").to_dict())


def add(actions: Any) -> None:
    """Add the action to those of ``otscore norms``."""
    parser = actions.add_parser("diff", help="compare two packs, or two directories of packs: content and scores")
    parser.add_argument("a", metavar="A", help="a directory of one or several packs, or an installed pack ID@EDITION")
    parser.add_argument("b", metavar="B", help="the same, for the other side")
    parser.add_argument("--scores", action="store_true", help="also score every age band and raw score with both, and say what changes")
    parser.add_argument("--all", action="store_true", help="with --scores: every cell that changes, not only a line per scale")
    parser.add_argument("--format", choices=("text", "csv", "json"), default="text", help="text (default), or a table of the differences (with --scores: of the scores)")
    parser.add_argument("--out", metavar="FILE", help="write to this file instead of standard output")
    parser.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """0 where both are the same, 1 where they differ; 2 (by an error) where they cannot be compared."""
    if chosen.all and not chosen.scores:
        raise UsageError(Issue("all", "--all shows the cells that --scores compares", "Add --scores, or leave --all out"))
    pairs, alone = paired(*(named_packs(name, tuple(chosen.packs_dir)) for name in (chosen.a, chosen.b)))
    diffs = [diff_packs(*pair) for pair in pairs]
    for diff in diffs:
        for letter, pack in (("A", diff.a), ("B", diff.b)):
            for issue in pack.issues:
                print(f"otscore: {letter}, {pack.name}: {issue}", file=sys.stderr)
    scores, broken = _rescored(pairs) if chosen.scores else ([], [])
    text = {"text": _text, "csv": _csv, "json": _json}[chosen.format](diffs, alone, scores, chosen)
    _put(text, chosen.out)
    for issue in broken:
        print(f"otscore: not scored: {issue}", file=sys.stderr)
    if broken:
        return 2
    return 1 if alone or any(diff.found for diff in diffs) else 0


def _rescored(pairs: Sequence[tuple[PackRef, PackRef]]) -> tuple[list[Any], list[Issue]]:
    """Old pack, new pack and the changes of each pair; and what is wrong with those that cannot be scored."""
    from otscore.rescore import rescore

    found, broken = [], []
    for pair in pairs:
        packs = []
        for ref in pair:
            try:
                packs.append(ref.read_unverified())
            except PackError as error:
                broken += located(error.issues, ref.directory, ref.shared)
        if len(packs) == 2:
            try:
                found.append((*packs, rescore(*packs)))
            except PackError as error:
                broken += [Issue(issue.code, f"{packs[0].name}: {issue.message}", issue.hint, issue.source, field=issue.field) for issue in error.issues]
    return found, broken


def _put(text: str, out: str | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        Path(out).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        hint = f"The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the comparison cannot be written", hint, out)) from None


def _text(diffs: Sequence[PackDiff], alone: Sequence[Difference], scores: Sequence[Any], chosen: argparse.Namespace) -> str:
    lines = [f"pack only in {one.only}: {one.pack} ({one.note})" for one in alone]
    for diff in diffs:
        if diff.found or len(diffs) == 1:
            lines += _pack_lines(diff)
    same = sum(not diff.found for diff in diffs)
    if len(diffs) > 1:
        lines += [f"{len(diffs)} packs compared: {len(diffs) - same} differ, {same} are the same"]
    for old, new, changes in scores:
        if len(scores) == 1 or any(change.differs.any() for change in changes):
            lines += _score_lines(old, new, changes, chosen.all)
    return "".join(f"{_plain(line)}\n" for line in lines)


def _pack_lines(diff: PackDiff) -> Iterator[str]:
    yield f"{diff.name}: A | B"
    for file in dict.fromkeys(one.file for one in diff.found):
        mine = [one for one in diff.found if one.file == file]
        yield f"  {file}"
        yield from (f"    note: {words}" for where, words in diff.remarks if where == file)
        yield from (f"    {_line(one)}" for one in mine)
    counts = {what: sum(one.what == what for one in diff.found) for what in dict.fromkeys(one.what for one in diff.found)}
    said = ", ".join(f"{number} {what}{'s' if number != 1 else ''}" for what, number in counts.items())
    yield f"{len(diff.found)} difference{'s' if len(diff.found) != 1 else ''}: {said}" if diff.found else "no difference"


def _line(one: Difference) -> str:
    at = " | ".join(str(line) if line else "-" for line in one.lines)
    a, b = (_short(number_words(value)) for value in (one.a, one.b))
    if one.what == "file":
        return f"file only in {one.only}"
    if one.what == "column":
        return f"column only in {one.only}: {one.column}"
    if one.what == "row":
        line = one.lines[0] or one.lines[1]
        return f"row only in {one.only}, line {line}: {one.row}" + (f": {a or b}" if a or b else "") + (f" ({one.note})" if one.note else "")
    if one.only:
        return f"only in {one.only}: " + " = ".join(filter(None, (one.row, a or b)))
    where = one.row if one.what in ("key", "order") else ""
    where = f"lines {at}: {one.row}, {one.column}" if one.what == "cell" else f"lines {at}" if any(one.lines) else where
    order = "order of " if one.what == "order" else ""
    return f"{order}{where}: {a or '(empty)'} | {b or '(empty)'}" + (f" ({one.note})" if one.note else "")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _plain(line: str) -> str:
    """Without characters that would command a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _score_lines(old: Any, new: Any, changes: Sequence[Any], every: bool) -> Iterator[str]:
    from otscore.rescore.words import INSTEAD, cell_line, changelog, sampled_notes, scale_line

    yield f"scores of {new.name}: A | B"
    for change in changes:
        if change.differs.any() or len(changes) == 1:
            yield f"  {scale_line(change)}"
            yield from (f"    {cell_line(cell)}" for cell in (change.cells() if every else ()))
    changed = sum(bool(change.differs.any()) for change in changes)
    cells = sum(int(change.looked_at.sum()) for change in changes)
    yield f"{changed} of {len(changes)} scales change (by norm group); {cells} cells compared"
    yield from (f"  {words}" for words in sampled_notes(changes))
    yield f"  {INSTEAD}"
    yield "for the changelog:"
    yield from changelog(old, new, changes)


def _csv(diffs: Sequence[PackDiff], alone: Sequence[Difference], scores: Sequence[Any], chosen: argparse.Namespace) -> str:
    rows, columns = [one.to_dict() for one in _all(diffs, alone)], COLUMNS
    if chosen.scores:
        rows = list(_score_rows(scores, chosen.all))
        columns = tuple(rows[0]) if rows else ("pack", "norm_group", "scale")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _json(diffs: Sequence[PackDiff], alone: Sequence[Difference], scores: Sequence[Any], chosen: argparse.Namespace) -> str:
    said: dict[str, Any] = {"same": not any(True for _ in _all(diffs, alone)), "differences": [one.to_dict() for one in _all(diffs, alone)]}
    said["remarks"] = [{"pack": diff.name, "file": file, "remark": words} for diff in diffs for file, words in diff.remarks]
    if chosen.scores:
        said["scores"] = list(_score_rows(scores, False))
        if chosen.all:
            said["cells"] = list(_score_rows(scores, True))
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _all(diffs: Sequence[PackDiff], alone: Iterable[Difference]) -> Iterator[Difference]:
    yield from alone
    for diff in diffs:
        yield from diff.found


def _score_rows(scores: Sequence[Any], every: bool) -> Iterator[dict[str, Any]]:
    from otscore.rescore.words import cell_row, summary_row

    for _, new, changes in scores:
        for change in changes:
            if every:
                yield from ({"pack": new.name} | cell_row(cell) for cell in change.cells())
            else:
                yield summary_row(change)
