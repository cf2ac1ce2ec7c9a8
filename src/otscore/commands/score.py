"""``otscore score`` and ``otscore profile``: a file of children in, a table or profiles out."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

from otscore.api import Battery, merged_mapping
from otscore.codes import STATUS_NAMES, Status
from otscore.commands.licence import show_licences
from otscore.compile import Options
from otscore.errors import Issue, OtscoreError, UsageError
from otscore.profile.scores import Scores
from otscore.stream import ScoredFile

PARTS = (
    "id", "age_days", "age_months", "age_years", "birth_date", "assessment_date", "assessment_end_date", "sex", "gestation_weeks",
    "gestation_days", "informant", "item", "response", "visit",
)  # fmt: skip


def add(commands: Any) -> None:
    """Add both commands to the parser."""
    for name, run, text in (
        ("score", run_score, "score a file: a row per child and scale"),
        ("profile", run_profile, "score a file: a domain profile per child"),
    ):
        parser = commands.add_parser(name, help=text, description=text)
        add_options(parser, _OUT[name])
        if name == "score":
            parser.add_argument("--wide", action="store_true", help="a row per child instead of a row per child and scale")
        parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser, out: str) -> None:
    """Add what every command takes that scores a file; ``out`` says what ``--out`` is."""
    parser.add_argument("input", metavar="IN", help="a .csv, .csv.gz, .tsv or .parquet file; - reads CSV from standard input")
    parser.add_argument("--pack", action="append", required=True, metavar="ID@EDITION", help="a pack, may be repeated (see `otscore norms list`)")  # fmt: skip
    parser.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
    parser.add_argument("--out", required=True, help=out)
    parser.add_argument("--map", metavar="MAP.toml", help="a column mapping file")
    for part in PARTS:
        parser.add_argument(f"--{part.replace('_', '-')}", metavar="COLUMN", help=f"the column that holds {part.replace('_', ' ')}")
    parser.add_argument("--date-format", metavar="FORMAT", help="form of the dates, for example %%d/%%m/%%Y")
    parser.add_argument("--ignore", metavar="COLUMNS", help="columns to leave aside, separated by commas; or: unknown")
    parser.add_argument("--missing", metavar="CODES", help="codes that mean no answer, separated by commas")
    parser.add_argument("--scales", metavar="SCALES", help="scales to score, separated by commas; or: all")
    parser.add_argument("--norm-group", metavar="GROUP", help="norm group to compare with")
    parser.add_argument("--age-basis", choices=("pack", "chronological", "corrected"), default="pack", help="which age to read the norms at")
    parser.add_argument("--ci-level", type=float, metavar="LEVEL", help="level of the interval, for example 0.95")
    parser.add_argument("--unrounded", action="store_true", help="full precision instead of the pack's rounding")
    parser.add_argument("--estimator", choices=("eap", "map", "wle"), help="packs with graded items: another estimator of ability")
    parser.add_argument("--relevance", metavar="LOW,HIGH", help="item-response packs: relevance window, for example -10,10")
    parser.add_argument("--historic-scale", action="store_true", help="item-response packs: as D-score software up to 1.8.7")
    parser.add_argument("--logit", action="store_true", help="item-response packs: ability in logits, without norms")
    parser.add_argument("--prior-without-age", metavar="MEAN,SD", help="item-response packs: prior where age is missing")
    parser.add_argument("--strict", action="store_true", help="write nothing when any row has a problem")
    parser.add_argument("--issues", metavar="FILE", help="also write the problems as a table")
    parser.add_argument("--stamp", metavar="FILE", help="also write what scored the children as a table: packs, digests, norm groups, options, notices")


_OUT = {
    "score": "a .csv, .csv.gz, .parquet or .json file; - writes CSV to standard output",
    "profile": "a .json file of profiles, or a .txt file to read; - writes text to standard output",
}


def run_score(chosen: argparse.Namespace) -> int:
    """Score a file to a table."""
    from otscore.profile.files import OutputFile

    def write(out: Any, scores: Scores) -> None:
        out.write(scores.to_wide() if chosen.wide else scores.to_frame())

    return run_file(chosen, OutputFile, write, default_scales=None)


def run_profile(chosen: argparse.Namespace) -> int:
    """Score a file to profiles."""
    from otscore.profile.listing import ProfileFile

    def write(out: Any, scores: Scores) -> None:
        for row in range(len(scores)):
            out.write(scores.profile(row))

    return run_file(chosen, ProfileFile, write, default_scales="all")


def run_file(
    chosen: argparse.Namespace, output: Any, write: Callable[[Any, Scores], None], default_scales: str | None, keep: bool = False
) -> int:
    """Score piece by piece. The files appear when all went well; what was found is said at the end. keep : the answers with the scores."""
    from otscore.profile.frame import issue_frame, stamp_frame

    scored, out, issues_out, stamp_out = _prepared(chosen, output, default_scales, keep)
    show_licences(form.pack for form in scored.battery.forms)
    tally = Tally()
    with issues_out, stamp_out, out as results:
        for scores in scored:
            write(results, scores)
            tally.add(scores)
            _progress(scored.rows + len(scores))
        issues = scored.findings.issues()
        if chosen.strict and issues:
            raise UsageError(issues)
        if chosen.issues:
            issues_out.write(issue_frame(issues))
        if chosen.stamp:
            stamp_out.write(stamp_frame(scored.battery.stamps))
    return _said(issues, tally)


def _prepared(chosen: argparse.Namespace, output: Any, default_scales: str | None, keep: bool) -> tuple[ScoredFile, Any, Any, Any]:
    """The file to score, and the outputs: results, issues, stamp. Raises one error with everything that is wrong with the call."""
    from otscore.intake.files import check_input
    from otscore.profile.files import OutputFile

    problems = _shared_paths(chosen)

    def tried(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except OtscoreError as error:
            problems.extend(error.issues)

    options = tried(lambda: _options(chosen, default_scales))
    battery = tried(lambda: Battery.load(chosen.pack, paths=chosen.packs_dir, **(options or {})))
    mapping = tried(lambda: merged_mapping(chosen.map, _parts(chosen)))
    if chosen.input != "-":
        tried(lambda: check_input(chosen.input))
    out = tried(lambda: output(chosen.out, held=chosen.strict))
    issues_out, stamp_out = (tried(partial(OutputFile, path)) if path else nullcontext() for path in (chosen.issues, chosen.stamp))
    if problems:
        raise UsageError(dict.fromkeys(problems))
    return ScoredFile(battery, sys.stdin.buffer if chosen.input == "-" else chosen.input, mapping, keep), out, issues_out, stamp_out


def _shared_paths(chosen: argparse.Namespace) -> list[Issue]:
    """No file may play two parts: results written over the data would be the end of the data."""
    paths = {"IN": chosen.input, "--map": chosen.map, "--out": chosen.out, "--issues": chosen.issues, "--stamp": chosen.stamp}
    written = [name for name in ("--out", "--issues", "--stamp") if paths[name]]
    pairs = {tuple(sorted((one, other))) for one in written for other in paths if one != other and paths[other]}
    return [
        Issue("same_file", f"{one} and {other} are the same file", "Name another output file", str(paths[one]))
        for one, other in sorted(pairs) if _collide(str(paths[one]), str(paths[other]), both_written={one, other} <= set(written))
    ]  # fmt: skip


def _collide(one: str, other: str, both_written: bool) -> bool:
    if "-" in (one, other):
        return one == other and both_written
    ways = {os.path.realpath(path) for path in (one, f"{one}.part")} & {os.path.realpath(path) for path in (other, f"{other}.part")}
    return bool(ways) or (os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other))


class Tally:
    """Counts children with and without any score, and why the latter have none."""

    def __init__(self) -> None:
        self.children = 0
        self.unscored = 0
        self.reasons: Counter[str] = Counter()

    def add(self, scores: Scores) -> None:
        """Count the children of one piece."""
        status = np.concatenate([part.arrays.status for part in scores.parts], axis=1)
        without = ~(status == Status.OK).any(axis=1)
        self.children += len(scores)
        self.unscored += int(without.sum())
        for row in status[without]:
            present = [code for code in row.tolist() if code != Status.NO_ITEMS]
            self.reasons[STATUS_NAMES[present[0] if present else Status.NO_ITEMS]] += 1


def _options(chosen: argparse.Namespace, default_scales: str | None) -> dict[str, Any]:
    """The choices of the call. Raises UsageError, without regard to the packs, for what no pack could take."""
    options: dict[str, Any] = {
        "norm_group": chosen.norm_group, "age_basis": chosen.age_basis, "ci_level": chosen.ci_level,
        "rounding": "none" if chosen.unrounded else "pack", "historic_scale": chosen.historic_scale, "logit": chosen.logit, "estimator": chosen.estimator,
        "relevance": _pair(chosen.relevance, "--relevance"), "scales": default_scales,
        "prior_without_age": _pair(chosen.prior_without_age, "--prior-without-age"),
    }  # fmt: skip
    if chosen.scales:
        options["scales"] = "all" if chosen.scales == "all" else _words(chosen.scales)
    Options(**options)
    return options


def _parts(chosen: argparse.Namespace) -> dict[str, Any]:
    """The parts of the column mapping that the call names."""
    parts: dict[str, Any] = {part: getattr(chosen, part) for part in PARTS}
    parts["date_format"] = chosen.date_format
    if chosen.ignore:
        parts["ignore"] = "unknown" if chosen.ignore == "unknown" else _words(chosen.ignore)
    if chosen.missing:
        parts["missing"] = _words(chosen.missing)
    return parts


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _pair(text: str | None, name: str) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(Issue("pair", f"{name} takes two numbers", f"Write {name}=-10,10")) from None
    return low, high


def _progress(rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{rows:,} rows", end="", file=sys.stderr, flush=True)


def _said(issues: Sequence[Issue], tally: Tally) -> int:
    """Say what was done; 1 where something needs a look."""
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    for issue in issues:
        print(f"otscore: {issue}", file=sys.stderr)
    line = f"{tally.children:,} rows, {tally.children - tally.unscored:,} with a score"
    if tally.unscored:
        why = ", ".join(f"{name} {count:,}" for name, count in tally.reasons.most_common())
        line += f"; {tally.unscored:,} without: {why}"
    print(line, file=sys.stderr)
    return 1 if issues or tally.unscored else 0
