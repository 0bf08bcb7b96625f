"""`tunesmith continue`: let a paused run go on."""

from __future__ import annotations

import argparse
import sys

from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.runs import asking


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        found = find_run(arguments.run, arguments.folder)
        asking.go_on(found)
    except (NoSuchRun, asking.CannotAsk, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{found.id}: goes on")
    return 0
