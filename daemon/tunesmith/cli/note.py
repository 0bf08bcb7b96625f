"""`tunesmith note`: what somebody wrote about a run; shown, replaced or taken away."""

from __future__ import annotations

import argparse
import sys

from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.runs import notes
from tunesmith.runs.scalars import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("note", nargs="?", help="the new note; left out, the present one is printed")
    parser.add_argument("--clear", action="store_true", help="take the note away")


def run(arguments: argparse.Namespace) -> int:
    new = "" if arguments.clear else arguments.note
    try:
        found = find_run(arguments.run, arguments.folder)
        written = notes.read(found) if new is None else notes.write(found, note=new)
    except NoSuchRun as error:
        print(error, file=sys.stderr)
        return 1
    except (notes.NotAllowed, OSError) as error:
        print(f"The note of {arguments.run} was not kept: {error}", file=sys.stderr)
        return 1
    if written.note:
        print(visible(written.note))
    return 0
