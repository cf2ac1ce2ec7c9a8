"""The command line: thin. Exit 0 done; 1 done, with rows that could not be scored; 2 nothing done, and why."""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence

from otscore.commands import demo, norms, packs, report, schema, score
from otscore.errors import OtscoreError
from otscore.version import __version__

ENDS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="otscore", description="Responses in, a domain profile out, by norms anyone can inspect.")
    parser.add_argument("--version", action="version", version=f"otscore {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (score, report, packs, norms, schema, demo):
        module.add(commands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except OtscoreError as error:
        for issue in error.issues:
            print(f"otscore: {issue}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("otscore: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # the text of a library's exception may hold a child's data: only kind and place are told
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(f"otscore: {type(error).__name__} in {place.name}, line {place.lineno}; please report it", file=sys.stderr)
        return 2


def run() -> int:
    """The console command. Ended from outside (exit code 128 + number of the signal) it leaves nothing half-written."""
    ended: list[int] = []

    def end(number: int, _: object) -> None:
        for other in ENDS:  # what is half-written is removed in peace
            signal.signal(other, signal.SIG_IGN)
        ended.append(number)
        raise KeyboardInterrupt

    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    code = main()
    return 128 + ended[0] if ended else code


if __name__ == "__main__":
    sys.exit(run())
