"""``otscore demo``: the main job on example children, to see what comes out."""

from __future__ import annotations

import argparse
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from otscore.api import Battery
from otscore.errors import Issue, UsageError
from otscore.stream import ScoredFile

PACKS = ("gsed@2406", "hrtl@2022", "cfm@2-4", "cfm@5-17", "ecdi@2030", "nhanes-grip@2014")


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="score the simulated example children")
    parser.add_argument("--out", default="demo-output", metavar="DIR", help="folder for the tables (default: demo-output)")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Score the example children, print their profiles and write the long table and the profiles."""
    from otscore.profile.files import OutputFile
    from otscore.profile.listing import ProfileFile
    from otscore.profile.text import profile_table

    folder = Path(chosen.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = f"The system says: {error.strerror or type(error).__name__}. Name another folder"
        raise UsageError(Issue("not_writable", "the folder cannot be made", hint, str(folder))) from None
    battery = Battery.load(PACKS)
    print("Example children: SIMULATED answers of children who do not exist. Not for clinical use.\n")
    with as_file(files("otscore") / "data" / "example_children.csv") as source:
        scored = ScoredFile(battery, str(source), {})
        with OutputFile(str(folder / "scores.csv")) as table, ProfileFile(str(folder / "profiles.json")) as listing:
            for scores in scored:
                table.write(scores.to_frame())
                for row in range(len(scores)):
                    profile = scores.profile(row)
                    listing.write(profile)
                    print(profile_table(profile), end="\n\n")
        shutil.copyfile(source, folder / "children.csv")
    print("First of the things to know of each pack (all of them: otscore norms show PACK)")
    for form in battery.forms:
        print(f"  {form.pack.name}: {next(iter(form.pack.manifest.notices), '')}")
    print(f"\nWritten to {folder}: children.csv (the answers), scores.csv (a row per child and scale), profiles.json (a profile per child)")
    return 0
