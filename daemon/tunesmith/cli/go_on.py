"""`tunesmith continue`: let a paused run go on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tunesmith.cli.find import NoSuchRun, find_run
from tunesmith.runs import asking


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", help="the run's id, the end of it, or its folder")
    parser.add_argument(
        "--folder", default=".", type=Path, help="where to look for the run, with all below it"
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        found = find_run(arguments.run, arguments.folder)
        asking.go_on(found)
    except (NoSuchRun, asking.CannotAsk, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{found.id}: goes on")
    return 0
