"""Every example of the README and the manual is run, and prints what the page says it prints.

In README.md and docs/*.md:

- a ``python`` block is run, all blocks of a page in one namespace and one temporary folder; a ``text`` block that follows it directly
  is what it prints;
- a ``console`` block is run line by line (``$ `` before each command), the rest of it is what the commands print;
- a ``toml`` or ``csv`` block whose first line is ``# file: NAME`` is written to that file.

The folder holds ``children.csv``, the simulated example children. ``...`` on a line of its own stands for any lines. After a change that
alters what is printed: ``python tests/docs/test_examples.py --write``, then read the difference.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
ANY_LINES = "..."


@dataclass
class Example:
    """A block of a page, with where its expected output stands (the same block for ``console``)."""

    kind: str
    text: str
    line: int
    output: slice | None = None


def examples(page: str) -> Iterator[Example]:
    """The blocks of a page that are run or written, in order."""
    blocks = list(BLOCK.finditer(page))
    for place, block in enumerate(blocks):
        kind, text, line = block["kind"], block["text"], page.count("\n", 0, block.start()) + 1
        if kind == "console":
            yield Example(kind, text, line, slice(block.start("text"), block.end("text")))
        elif kind == "python":
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            follows = after is not None and after["kind"] == "text" and not page[block.end() : after.start()].strip()
            output = slice(after.start("text"), after.end("text")) if follows and after is not None else None
            yield Example(kind, text, line, output)
        elif kind in ("toml", "csv") and FILE.match(text):
            yield Example("file", text, line)


def prepare(folder: Path) -> None:
    """Put the example file and a command ``otscore`` into the folder."""
    from otscore.data import example_children

    (folder / "children.csv").write_text(example_children().read(), encoding="utf-8")
    command = folder / ".bin" / "otscore"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -u -m otscore.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def run_python(example: Example, name: str, names: dict[str, object]) -> str:
    """What the block prints."""
    said = io.StringIO()
    code = compile("\n" * example.line + example.text, name, "exec")
    with contextlib.redirect_stdout(said):
        exec(code, names)
    return "\n".join(line.rstrip() for line in said.getvalue().splitlines())


def run_console(example: Example, folder: Path) -> str:
    """The commands, each followed by what it prints."""
    path = f"{folder / '.bin'}{os.pathsep}{os.environ['PATH']}"
    source = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT / "src")]))
    shown = []
    for command in [line[2:] for line in example.text.splitlines() if line.startswith("$ ")]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=os.environ | {"PATH": path, "PYTHONPATH": source, "OTSCORE_STATE": str(folder / ".state")},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        )  # fmt: skip
        shown += [f"$ {command}", *(line.rstrip() for line in done.stdout.splitlines())]
    return "\n".join(shown)


def agrees(expected: str, found: str) -> bool:
    """Whether the output is as the page says; a line ``...`` stands for any lines."""
    lines = [line.rstrip() for line in expected.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*" if line == ANY_LINES else re.escape(line) + "\n" for line in lines)
    return re.fullmatch(pattern, found.strip("\n") + "\n") is not None


def run_page(path: Path, folder: Path) -> Iterator[tuple[Example, str, str]]:
    """Run the examples of a page; for each with expected output (example, expected, found)."""
    page, names = path.read_text(encoding="utf-8"), {"__name__": path.stem}
    for example in examples(page):
        if example.kind == "file":
            name = FILE.match(example.text)
            assert name is not None
            (folder / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (folder / name[1]).write_text(example.text, encoding="utf-8")
            continue
        found = run_console(example, folder) if example.kind == "console" else run_python(example, path.name, names)
        if example.output is not None:
            yield example, page[example.output], found
        elif found:
            yield example, "", found


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the console examples are for a Unix shell")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_examples(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OTSCORE_PACKS", raising=False)
    for example, expected, found in run_page(path, tmp_path):
        where = f"{path.name}, line {example.line}"
        assert agrees(expected, found), f"{where} prints\n{found}\nthe page says\n{expected}"


def test_there_are_examples() -> None:
    counted = {path.name: sum(1 for _ in examples(path.read_text(encoding="utf-8"))) for path in PAGES}
    assert counted["README.md"] == 2
    assert sum(counted.values()) >= 40, counted


def write(paths: list[Path]) -> None:
    """Put what is printed now into the pages; blocks that hold ``...`` and still agree are left alone."""
    for path in paths:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder)
            os.chdir(folder)
            done = list(run_page(path, folder))
            os.chdir(ROOT)
        page = path.read_text(encoding="utf-8")
        for example, expected, found in reversed(done):
            if example.output is None:
                print(f"{path.name}, line {example.line}: prints, and the page has no text block after it\n{found}")
            elif not agrees(expected, found):
                page = page[: example.output.start] + found.strip("\n") + "\n" + page[example.output.stop :]
                print(f"{path.name}, line {example.line}: written")
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    chosen = [Path(name).resolve() for name in sys.argv[1:] if name != "--write"]
    if "--write" in sys.argv:
        write(chosen or PAGES)
