"""The findings of a check as one HTML page for the person who typed the tables: no script, nothing from the network."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from otscore.check import ALL_RULES, is_error, pack_summary
from otscore.errors import Issue

AROUND = 3
"""So many lines of a table are shown above and below a line with a finding."""
MOST_LINES = 60
MARK = "&#9664;"
LINE = re.compile(r"line (\d+): ")
STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 2px solid #555; padding-top: .75rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin-bottom: .25rem; }
a { color: #0b4a8f; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: #444; padding-bottom: .25rem; }
th, td { border: 1px solid #767676; padding: .15rem .6rem; text-align: left; vertical-align: top; }
thead th { background: #eee; } tbody th { font-weight: normal; color: #444; background: #f6f6f6; }
.figures td { white-space: nowrap; } .scroll { overflow-x: auto; }
tr.found th { font-weight: bold; color: #1a1a1a; }
td.error { background: #fbdcd8; outline: 3px solid #a1160a; outline-offset: -3px; font-weight: bold; }
td.warning { background: #fff1c2; outline: 3px dashed #6b4e00; outline-offset: -3px; font-weight: bold; }
ol.findings { padding-left: 1.5rem; } ol.findings li { margin-bottom: .75rem; }
.kind { display: inline-block; border: 1px solid; border-radius: .2rem; padding: 0 .4rem; font-weight: bold; }
.kind.error { color: #8c1007; } .kind.warning { color: #5c4300; border-style: dashed; }
.rule { color: #444; } .do { margin: 0; }
@media print { h2 { break-after: avoid; } .scroll { overflow: visible; } }
"""


def check_page(directory: Path, issues: Sequence[Issue]) -> str:
    """The page. ``directory`` is where the findings name their files from; what is in them is escaped."""
    by_file: dict[str, list[Issue]] = {}
    for issue in sorted(issues, key=lambda one: (one.source, _line(one))):
        by_file.setdefault(issue.source, []).append(issue)
    files = [_file(directory, source, found, f"f{number}") for number, (source, found) in enumerate(by_file.items(), start=1)]
    title = f"Check of {directory.name}"
    return "\n".join((
        "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", "</head>", "<body>", "<main>", f"<h1>{escape(title)}</h1>",
        *_summary(issues, by_file), *files, "</main>", "</body>", "</html>", "",
    ))  # fmt: skip


def _summary(issues: Sequence[Issue], by_file: dict[str, list[Issue]]) -> Iterable[str]:
    counts = pack_summary(issues).partition(" (")[0]
    yield f"<p><strong>{escape(counts)}</strong>{' in ' + _counted(len(by_file), 'file') if by_file else ''}.</p>"
    if not issues:
        yield "<p>Nothing was found. What is typed wrong and still fits its neighbours cannot be seen here: compare every table with the source.</p>"
        return
    yield "<p>An <strong>error</strong> cannot be: do not score with the pack before it is put right. A <strong>warning</strong> is a doubt: "
    yield "look the figure up in the source, and leave it as it is where the print says so.</p>"
    yield "<table>\n<caption>Files with findings</caption>"
    yield '<thead><tr><th scope="col">file</th><th scope="col">errors</th><th scope="col">warnings</th></tr></thead>\n<tbody>'
    for number, (source, found) in enumerate(by_file.items(), start=1):
        errors = sum(map(is_error, found))
        yield f'<tr><th scope="row"><a href="#f{number}">{escape(source or "(the directory)")}</a></th><td>{errors}</td><td>{len(found) - errors}</td></tr>'
    yield "</tbody>\n</table>"


def _file(directory: Path, source: str, found: Sequence[Issue], anchor: str) -> str:
    """The section of a file: its findings in order, then the lines they stand on."""
    parts = [f'<section aria-labelledby="{anchor}">', f'<h2 id="{anchor}">{escape(source or "(the directory)")}</h2>', '<ol class="findings">']
    parts += [_finding(issue) for issue in found]
    parts.append("</ol>")
    if source.endswith(".csv"):
        parts += _rows(directory / source, found)
    return "\n".join((*parts, "</section>"))


def _finding(issue: Issue) -> str:
    kind = "error" if is_error(issue) else "warning"
    line = _line(issue)
    where = ", ".join(filter(None, (f"line {line}" if line else "", f"{'column' if issue.source.endswith('.csv') else 'key'} {issue.field}" if issue.field else "")))
    says = f"{where}: " if where else ""
    rule = f'<p class="rule">Rule <code>{escape(issue.code)}</code>: {escape(ALL_RULES.get(issue.code, "The file can be read."))}</p>'
    to_do = f'<p class="do">What to do: {escape(_sentence(issue.hint))}</p>' if issue.hint else ""
    message = escape(_sentence(LINE.sub("", issue.message, count=1)))
    return f'<li><span class="kind {kind}">{kind}</span> <strong>{escape(says)}</strong>{message}{to_do}{rule}</li>'


def _rows(file: Path, found: Sequence[Issue]) -> Iterable[str]:
    """The lines around each finding as tables; those close together in one."""
    marks: dict[int, list[Issue]] = {}
    for issue in found:
        if _line(issue):
            marks.setdefault(_line(issue), []).append(issue)
    header, lines = _read(file)
    if not header or not marks:
        return
    shown = sorted({near for line in marks for near in _near(line, sorted(lines))})
    runs: list[list[int]] = []
    order = {line: place for place, line in enumerate(sorted(lines))}
    for line in shown:
        if runs and order[line] == order[runs[-1][-1]] + 1 and len(runs[-1]) < MOST_LINES:
            runs[-1].append(line)
        else:
            runs.append([line])
    for run in runs:
        yield f'<div class="scroll" tabindex="0" role="region" aria-label="Lines {run[0]} to {run[-1]}">'
        yield f'<table class="figures">\n<caption>Lines {run[0]} to {run[-1]}</caption>'
        yield '<thead><tr><th scope="col">line</th>' + "".join(f'<th scope="col">{escape(name)}</th>' for name in header) + "</tr></thead>\n<tbody>"
        yield from (_row(line, lines[line], header, marks.get(line, ())) for line in run)
        yield "</tbody>\n</table>\n</div>"


def _row(line: int, cells: Sequence[str], header: Sequence[str], issues: Sequence[Issue]) -> str:
    shown = []
    whole = [issue for issue in issues if issue.field not in header]
    kind = "error" if any(map(is_error, whole)) else "warning" if whole else ""
    number = f"{line} {MARK} {kind}" if kind else str(line)
    for name, cell in zip(header, (*cells, *[""] * (len(header) - len(cells))), strict=False):
        here = [issue for issue in issues if issue.field == name]
        kind = "error" if any(map(is_error, here)) else "warning" if here else ""
        shown.append(f'<td class="{kind}">{escape(cell) or "(empty)"} {MARK} {kind}</td>' if kind else f"<td>{escape(cell)}</td>")
    row = '<tr class="found">' if issues else "<tr>"
    return f'{row}<th scope="row">{number}</th>{"".join(shown)}</tr>'


def _near(line: int, lines: Sequence[int]) -> Sequence[int]:
    """The line and those around it that hold rows; where it holds none, the nearest."""
    place = min(range(len(lines)), key=lambda other: abs(lines[other] - line)) if lines else 0
    return lines[max(place - AROUND, 0) : place + AROUND + 1]


def _read(file: Path) -> tuple[list[str], dict[int, list[str]]]:
    """The header and the rows by line number, as far as the file can be read; comments are left out."""
    try:
        text = file.read_bytes().decode("utf-8-sig", errors="replace")
        reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""))
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells) and not cells[0].lstrip().startswith("#")]
    except (OSError, csv.Error):
        return [], {}
    return (rows[0][1], dict(rows[1:])) if rows else ([], {})


def _line(issue: Issue) -> int:
    """The line that a finding names; 0 where it is about a whole file."""
    found = LINE.match(issue.message)
    return int(found[1]) if found else 0


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
