"""``otscore report``: a file of children in, a report for each child out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from otscore.commands.score import add_options, run_file
from otscore.errors import Issue, OtscoreError, UsageError
from otscore.profile.models import HeadlinePolicy
from otscore.profile.needs import NEED_BELOW, STRENGTH_ABOVE
from otscore.profile.scores import Scores

BAR = 30
GENERIC = "generic"


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "score a file: a report per child, to read and print"
    parser = commands.add_parser("report", help=text, description=text)
    add_options(parser, "a new or empty folder for the reports, a summary of the group and their index.html")
    parser.add_argument("--language", default="en", metavar="CODE", help="language of the reports: en (default) or de")
    parser.add_argument("--format", action="append", metavar="FORMAT", help="html (default), md or json; may be repeated")
    parser.add_argument("--labels", metavar="FILE", help='a .toml file of your own words for the codes of packs: pegs = "Putting pegs"')
    parser.add_argument("--headline", choices=get_args(HeadlinePolicy), default="most_precise", help="which result heads a domain; default most_precise")
    parser.add_argument("--need-below", type=float, default=NEED_BELOW, metavar="SDS", help="a need lies below so many SDs (default -1)")
    parser.add_argument("--strength-above", type=float, default=STRENGTH_ABOVE, metavar="SDS", help="a strength lies above so many SDs (default 1)")
    parser.add_argument("--rules", metavar="RULES", help="facts that rules of eligibility ask for: generic, or a .toml file of your own; none without it")
    text = "rows with the same id at different ages are visits of one child: the report of the latest holds the progress over all, the others have theirs"
    parser.add_argument("--progress", action="store_true", help=text)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Score a file to reports."""

    def write(out: Any, scores: Scores) -> None:
        for row in out.add(scores):
            _bar(row + 1, len(scores))

    return run_file(chosen, partial(_reports, chosen), write, default_scales="all", keep=True)


def _reports(chosen: argparse.Namespace, path: str, held: bool) -> Any:
    """The folder of the reports. Raises one error with everything that is wrong with the choices."""
    from otscore.commands.catalogue import Catalogue
    from otscore.commands.reports import Plans, reports
    from otscore.profile.needs import check_thresholds
    from otscore.profile.rules import as_rules
    from otscore.report.folder import ReportFolder
    from otscore.report.html import template
    from otscore.report.words import read_labels

    problems: list[Issue] = []

    def tried(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except OtscoreError as error:
            problems.extend(error.issues)

    labels = tried(lambda: read_labels(chosen.labels) if chosen.labels else None)
    rules = tried(lambda: as_rules(() if chosen.rules is None else None if chosen.rules == GENERIC else chosen.rules))
    tried(lambda: check_thresholds(chosen.need_below, chosen.strength_above))
    tried(lambda: template("report.html"))  # the index is HTML too
    folder = tried(lambda: ReportFolder(path, held, formats=chosen.format or ["html"], language=chosen.language, labels=labels))
    if problems:
        raise UsageError(problems)
    plans = Plans(chosen.headline, chosen.need_below, chosen.strength_above, rules, Catalogue(chosen.packs_dir))
    return reports(folder, plans, chosen.progress)


def _bar(done: int, of: int) -> None:
    if sys.stderr.isatty() and (done == of or done % 20 == 0):
        filled = BAR * done // of
        print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {of:,} reports ", end="", file=sys.stderr, flush=True)
