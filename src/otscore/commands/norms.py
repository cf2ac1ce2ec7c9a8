"""``otscore norms``: what packs there are, what one holds, whether a directory of packs is sound, and its lock file."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from otscore.api import PackInfo, catalogue
from otscore.commands import authoring, building, diff
from otscore.commands.licence import licence_lines, show_licences
from otscore.errors import Issue, PackInvalid, UsageError
from otscore.pack import Pack, cite, codebook, registry
from otscore.pack.lock import FILE, Locked, lock_key, lock_text, locked_at
from otscore.pack.registry import directory_of_packs, find_packs, located

ITEM_COLUMNS = ("item", "answers", "no answer", "unit", "scales")


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("norms", help="list, show, check and lock norm packs", description="Norm packs.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="the packs there are")
    shown = actions.add_parser("show", help="one pack: what it scores, for whom, from which sources")
    shown.add_argument("pack", metavar="ID@EDITION", help="a pack (see `otscore norms list`)")
    for one in (listed, shown):
        one.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
        one.add_argument("--json", action="store_true", help="as JSON")
    items = actions.add_parser("items", help="what to enter: every item with its answers, unit and scales")
    items.add_argument("pack", metavar="ID@EDITION", help="a pack (see `otscore norms list`)")
    items.add_argument("--template", metavar="FILE", help="write a CSV file with a column for every item that counts, ready to be filled in")
    items.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    cited = actions.add_parser("cite", help="how to cite a pack: its sources, then the pack itself")
    cited.add_argument("pack", metavar="ID@EDITION", help="a pack (see `otscore norms list`)")
    cited.add_argument("--bibtex", action="store_true", help="as BibTeX")
    cited.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    licence = actions.add_parser("licence", help="the licence of a pack; that of a private pack is shown once when it is first used, and here at any time")
    licence.add_argument("pack", metavar="ID@EDITION", help="a pack (see `otscore norms list`)")
    licence.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    checked = actions.add_parser("check", help="check a directory of packs: format, tables, sources, worked cases")
    locked = actions.add_parser("lock", help="write LOCK.toml for a directory of packs")
    locked.add_argument("--against", metavar="OLDDIR", help="a directory of the packs as they were: refuse a version that is raised too little")
    for one in (checked, locked):
        one.add_argument("directory", metavar="DIR", help="one pack, the directory above it, or a whole collection")
    checked.add_argument("--report", choices=("html",), help="write the findings as a page too: the rows around each, and what to do")
    checked.add_argument("--out", metavar="FILE", help="file for the page; an old one is replaced")
    diff.add(actions)
    for one, run in (
        (listed, run_list), (shown, run_show), (items, run_items), (cited, run_cite), (licence, run_licence), (checked, run_check), (locked, run_lock),
    ):  # fmt: skip
        one.set_defaults(run=run)
    authoring.add_actions(actions)
    building.add_actions(actions)


def run_list(chosen: argparse.Namespace) -> int:
    """Print a line per pack; what is wrong with those that cannot be read is said, and hides no other: then 1."""
    found, broken = catalogue(chosen.packs_dir)
    for issue in dict.fromkeys(issue for error in broken for issue in error.issues):
        print(f"otscore: {issue}", file=sys.stderr)
    if chosen.json:
        print(json.dumps([{name: getattr(info, name) for name in PackInfo.__slots__} for info in found], indent=2))
        return 1 if broken else 0
    rows = [("pack", "version", "kind", "status", "ages", "domains")]
    rows += [(info.name, info.version, info.kind, info.status + (", private" if info.private else ""), info.ages, ", ".join(info.domains)) for info in found]
    print("\n".join(columns(rows)))
    return 1 if broken else 0


def run_show(chosen: argparse.Namespace) -> int:
    """Print what there is to know about a pack."""
    pack = _used(chosen)
    if chosen.json:
        print(json.dumps({"manifest": pack.manifest.model_dump(mode="json", by_alias=True), "digest": pack.digest}, indent=2))
        return 0
    print("\n".join(_description(pack)))
    return 0


def run_items(chosen: argparse.Namespace) -> int:
    """Print what may be entered for each item, or write an empty table of them."""
    pack = _used(chosen)
    book = codebook(pack)
    if chosen.template is None:
        print("\n".join(columns([ITEM_COLUMNS, *map(item_row, book)])))
        return 0
    used = {name for norm in pack.manifest.norms for name in norm.strata} | {item.by for item in pack.instrument.derived_items} | set(pack.manifest.only)
    strata = [name for name in pack.manifest.strata if name in used]
    strata += ["gestation_weeks"] if pack.manifest.age.correction.apply != "never" else []
    head = ["id", "birth_date", "assessment_date", *strata, *(row["item"] for row in book if row["scales"])]
    try:
        with open(chosen.template, "x", encoding="utf-8") as file:
            file.write(",".join(head) + "\n")
    except OSError as error:
        hint = f"Name a new file in a directory that exists. The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the template cannot be written", hint, str(chosen.template))) from None
    print(f"{chosen.template}: a row for each child; leave empty what was not asked")
    return 0


def item_row(row: dict[str, Any]) -> tuple[str, ...]:
    """An item of the codebook as text, by :data:`ITEM_COLUMNS`."""
    words = {code: word for word, code in row["labels"].items()}
    answers = row["legal"]
    if not isinstance(answers, str):
        whole = [f"{code:g}" for code in answers]
        run = len(answers) > 5 and not words and answers == [float(code) for code in range(int(answers[0]), int(answers[0]) + len(answers))]
        told = [f"{text} {words[code]}" if code in words else text for text, code in zip(whole, answers, strict=True)]
        told = list(row["labels"]) if row["by_word_only"] else told
        answers = f"{whole[0]} to {whole[-1]}, whole" if run else ", ".join(told)
    no_answer = ", ".join(f"{code} {kind}" for code, kind in row["missing"].items())
    return row["item"], answers, no_answer, row["unit"], ", ".join(row["scales"]) or "(not scored)"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of text with their cells one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def run_cite(chosen: argparse.Namespace) -> int:
    """Print the citations of a pack."""
    print(cite(_used(chosen), "bibtex" if chosen.bibtex else "text"))
    return 0


def run_licence(chosen: argparse.Namespace) -> int:
    """Print the licence of a pack."""
    print("\n".join(licence_lines(registry(chosen.packs_dir).load(chosen.pack))))
    return 0


def _used(chosen: argparse.Namespace) -> Pack:
    """The pack named; the licence of a private one is shown where it has not been."""
    pack = registry(chosen.packs_dir).load(chosen.pack)
    show_licences([pack])
    return pack


def run_check(chosen: argparse.Namespace) -> int:
    """Print every finding; 1 when any is an error."""
    from otscore.check import check_directory, is_error, pack_summary

    if (chosen.report is None) != (chosen.out is None):
        raise UsageError(Issue("report", "--report and --out belong together", "Write --report html --out FILE"))
    issues = check_directory(chosen.directory)
    if chosen.out is not None:
        _write_page(Path(chosen.out), Path(chosen.directory), issues)
    for issue in issues:
        print(f"{issue} [{issue.code}]")
    private = ", ".join(ref.name for ref in find_packs(Path(chosen.directory)) if ref.is_private())
    print(*([f"private, not to be passed on: {private}"] if private else []), pack_summary(issues), sep="\n", file=sys.stderr)
    return 1 if any(is_error(issue) for issue in issues) else 0


def _write_page(file: Path, directory: Path, issues: list[Issue]) -> None:
    from otscore.check_page import check_page

    try:
        file.write_text(check_page(directory.resolve(), issues), encoding="utf-8")
    except OSError as error:
        hint = f"Name a file in a directory that exists. The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the page cannot be written", hint, str(file))) from None


def run_lock(chosen: argparse.Namespace) -> int:
    """Write the lock file; refuse changed content under an unchanged version."""
    root = directory_of_packs(chosen.directory)
    found = _all_packs(root)
    before = _locked_before(root)
    wrong = _too_little(root, Path(chosen.against)) if chosen.against else []
    told = {issue.source for issue in wrong}
    changed = [pack for pack in found if lock_key(pack) in before and before[lock_key(pack)].digest != pack.digest]
    hint = "PATCH for labels or metadata, MINOR for more ages, scales or languages, MAJOR when any score changes; `--against OLDDIR` says which"
    message = "the content changed under the same version"
    wrong += [Issue("version_unchanged", message, hint, lock_key(pack)) for pack in changed if lock_key(pack) not in told]
    if wrong:
        raise PackInvalid(wrong)
    file = Path(chosen.directory, FILE)
    try:
        file.write_text(lock_text(found), encoding="utf-8")
    except OSError as error:
        hint = f"The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the lock file cannot be written", hint, str(file))) from None
    print(f"{file}: {len(found)} packs locked")
    return 0


def _too_little(root: Path, old_root: Path) -> list[Issue]:
    """The packs whose version says less than their difference from those below ``old_root`` asks for."""
    from otscore.rescore.versions import version_issues

    return version_issues(list(find_packs(directory_of_packs(old_root))), list(find_packs(root)))


def _all_packs(root: Path) -> list[Pack]:
    """The packs as they are. Raises PackInvalid with what is wrong in any of them."""
    found, issues = [], []
    for ref in find_packs(root):
        try:
            found.append(ref.read_unverified())
        except PackInvalid as error:
            issues += located(error.issues, ref.directory, ref.shared)
    if issues:
        raise PackInvalid(issues)
    return found


def _locked_before(root: Path) -> dict[str, Locked]:
    """What was locked so far; nothing where the lock file cannot be read, which is said: it is about to be written again."""
    try:
        return locked_at(root) or {}
    except PackInvalid as error:
        for issue in error.issues:
            print(f"otscore: {issue.source}: {issue.message}; nothing could be compared with it", file=sys.stderr)
        return {}


def _description(pack: Pack) -> list[str]:
    manifest = pack.manifest
    lines = [f"{pack.name} {manifest.version} - {manifest.title}", pack.digest, ""]
    lines += textwrap.wrap(pack.instrument.summary, 100) + [""]
    private = ", private" if pack.private else ""
    lines.append(f"{manifest.kind.value}, {manifest.status}{private}; informant: {', '.join(pack.informants)}")
    lines += [f"Use: {manifest.intended_use}", "", "Scales"]
    lines += [f"  {scale.id}: {scale.domain.value}, {scale.raw}" for scale in pack.instrument.scales]
    lines += [f"  {composite.id}: {composite.domain.value}, classes" for composite in pack.instrument.composites]
    lines += ["", "Norm groups"]
    for group in manifest.norm_groups:
        known = [group.label, f"n {group.n}" if group.n else "", group.country, group.years, group.note]
        default = " (default)" if group.id == manifest.default_group else ""
        lines.append(f"  {group.id}{default}: {'; '.join(filter(None, known))}")
    lines += ["", "To know"] + [f"  - {notice}" for notice in manifest.notices]
    lines += ["", f"Licence of the figures: {manifest.licence.figures}", f"  {manifest.licence.evidence}"]
    lines += [f"  In full: otscore norms licence {pack.name}"] if pack.licence_text else []
    lines += ["", "Sources"]
    lines += [f"  {source.citation} {source.doi or source.url}".rstrip() for source in pack.sources.sources.values()]
    return lines
