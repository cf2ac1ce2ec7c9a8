"""``otscore report``: a file of children in, a report for each child out."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import Any

from otscore.commands.score import add_options, run_file
from otscore.errors import Issue, OtscoreError, UsageError
from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.scores import Scores

BAR = 30


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "score a file: a report per child, to read and print"
    parser = commands.add_parser("report", help=text, description=text)
    add_options(parser, "a new or empty folder for the reports and their index.html")
    parser.add_argument("--language", default="en", metavar="CODE", help="language of the reports: en (default) or de")
    parser.add_argument("--format", action="append", metavar="FORMAT", help="html (default), md or json; may be repeated")
    parser.add_argument("--labels", metavar="FILE", help='a .toml file of your own words for the codes of packs: pegs = "Putting pegs"')
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Score a file to reports."""

    def write(out: Any, scores: Scores) -> None:
        for row in range(len(scores)):
            profile = scores.profile(row)
            out.write(profile, plan_of(profile))
            _bar(row + 1, len(scores))

    return run_file(chosen, partial(_folder, chosen), write, default_scales="all")


def plan_of(profile: Profile) -> Plan:
    """The plan that a report of the command holds."""
    return profile.plan()


def _folder(chosen: argparse.Namespace, path: str, held: bool) -> Any:
    """The folder of the reports. Raises one error with everything that is wrong with the choices."""
    from otscore.report.folder import ReportFolder
    from otscore.report.html import template
    from otscore.report.words import read_labels

    problems: list[Issue] = []
    labels, formats = None, chosen.format or ["html"]
    try:
        labels = read_labels(chosen.labels) if chosen.labels else None
    except OtscoreError as error:
        problems += error.issues
    try:
        template("report.html")  # the index is HTML too
        folder = ReportFolder(path, held, formats=formats, language=chosen.language, labels=labels)
    except OtscoreError as error:
        problems += error.issues
    if problems:
        raise UsageError(problems)
    return folder


def _bar(done: int, of: int) -> None:
    if sys.stderr.isatty() and (done == of or done % 20 == 0):
        filled = BAR * done // of
        print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {of:,} reports ", end="", file=sys.stderr, flush=True)
