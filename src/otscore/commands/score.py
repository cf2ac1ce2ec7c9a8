"""``otscore score`` and ``otscore profile``: a file of children in, a table or profiles out."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import IO, Any

import numpy as np

from otscore.api import Battery, Scores, merged_mapping
from otscore.codes import STATUS_NAMES, Status
from otscore.errors import Issue, UsageError
from otscore.stream import ScoredFile

PARTS = (
    "id", "age_days", "age_months", "age_years", "birth_date", "assessment_date", "sex", "gestation_weeks",
    "gestation_days", "informant", "item", "response", "visit",
)  # fmt: skip


def add(commands: Any) -> None:
    """Add both commands to the parser."""
    for name, run, text in (
        ("score", run_score, "score a file: a row per child and scale"),
        ("profile", run_profile, "score a file: a domain profile per child"),
    ):
        parser = commands.add_parser(name, help=text, description=text)
        parser.add_argument("input", metavar="IN", help="a .csv, .csv.gz, .tsv or .parquet file; - reads CSV from standard input")
        parser.add_argument("--pack", action="append", required=True, metavar="ID@EDITION", help="a pack, may be repeated (see `otscore norms list`)")  # fmt: skip
        parser.add_argument("--packs-dir", action="append", default=[], metavar="DIR", help="a further directory of packs")
        parser.add_argument("--out", required=True, help=_OUT[name])
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
        parser.add_argument("--relevance", metavar="LOW,HIGH", help="item-response packs: relevance window, for example -10,10")
        parser.add_argument("--historic-scale", action="store_true", help="item-response packs: as D-score software up to 1.8.7")
        parser.add_argument("--logit", action="store_true", help="item-response packs: ability in logits, without norms")
        parser.add_argument("--prior-without-age", metavar="MEAN,SD", help="item-response packs: prior where age is missing")
        parser.add_argument("--strict", action="store_true", help="write nothing when any row has a problem")
        parser.add_argument("--issues", metavar="FILE", help="also write the problems as a table")
        if name == "score":
            parser.add_argument("--wide", action="store_true", help="a row per child instead of a row per child and scale")
        parser.set_defaults(run=run)


_OUT = {
    "score": "a .csv, .csv.gz, .parquet or .json file; - writes CSV to standard output",
    "profile": "a .json file of profiles, or a .txt file to read; - writes text to standard output",
}


def run_score(chosen: argparse.Namespace) -> int:
    """Score a file to a table."""
    from otscore.profile.files import OutputFile

    scored = _scored_file(chosen, default_scales=None)
    tally = Tally()
    with OutputFile(chosen.out) as out:
        for scores in scored:
            out.write(scores.to_wide() if chosen.wide else scores.to_frame())
            tally.add(scores)
            _progress(scored.rows + len(scores))
        _refuse_if_strict(chosen, scored)
    return _finish(chosen, scored, tally)


def run_profile(chosen: argparse.Namespace) -> int:
    """Score a file to profiles."""
    from otscore.profile.listing import ProfileFile

    scored = _scored_file(chosen, default_scales="all")
    tally = Tally()
    with ProfileFile(chosen.out) as out:
        for scores in scored:
            for row in range(len(scores)):
                out.write(scores.profile(row))
            tally.add(scores)
            _progress(scored.rows + len(scores))
        _refuse_if_strict(chosen, scored)
    return _finish(chosen, scored, tally)


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


def _scored_file(chosen: argparse.Namespace, default_scales: str | None) -> ScoredFile:
    options: dict[str, Any] = {
        "norm_group": chosen.norm_group, "age_basis": chosen.age_basis, "ci_level": chosen.ci_level,
        "rounding": "none" if chosen.unrounded else "pack", "historic_scale": chosen.historic_scale, "logit": chosen.logit,
        "relevance": _pair(chosen.relevance, "--relevance"), "scales": default_scales,
        "prior_without_age": _pair(chosen.prior_without_age, "--prior-without-age"),
    }  # fmt: skip
    if chosen.scales:
        options["scales"] = "all" if chosen.scales == "all" else tuple(chosen.scales.split(","))
    battery = Battery.load(chosen.pack, paths=chosen.packs_dir, **options)
    parts: dict[str, Any] = {part: getattr(chosen, part) for part in PARTS}
    parts["date_format"] = chosen.date_format
    if chosen.ignore:
        parts["ignore"] = "unknown" if chosen.ignore == "unknown" else tuple(chosen.ignore.split(","))
    if chosen.missing:
        parts["missing"] = tuple(chosen.missing.split(","))
    source: str | IO[bytes] = sys.stdin.buffer if chosen.input == "-" else chosen.input
    return ScoredFile(battery, source, merged_mapping(chosen.map, parts))


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


def _refuse_if_strict(chosen: argparse.Namespace, scored: ScoredFile) -> None:
    if chosen.strict and (issues := scored.findings.issues()):
        raise UsageError(issues)


def _finish(chosen: argparse.Namespace, scored: ScoredFile, tally: Tally) -> int:
    """Say what was done; 1 where something needs a look."""
    from otscore.profile.files import OutputFile
    from otscore.profile.frame import issue_frame

    issues = scored.findings.issues()
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    for issue in issues:
        print(f"otscore: {issue}", file=sys.stderr)
    if chosen.issues:
        with OutputFile(chosen.issues) as out:
            out.write(issue_frame(issues))
    line = f"{tally.children:,} rows, {tally.children - tally.unscored:,} with a score"
    if tally.unscored:
        why = ", ".join(f"{name} {count:,}" for name, count in tally.reasons.most_common())
        line += f"; {tally.unscored:,} without: {why}"
    print(line, file=sys.stderr)
    return 1 if issues or tally.unscored else 0
