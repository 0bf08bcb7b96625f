"""`tunesmith tag`: the tags of a run; shown, added and removed."""

from __future__ import annotations

import argparse
import sys

from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.runs import notes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("tags", nargs="*", metavar="TAG", help="tags to add; without any they are printed")
    parser.add_argument(
        "--remove", action="append", default=[], metavar="TAG", help="a tag to remove; may be repeated"
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        found = find_run(arguments.run, arguments.folder)
        asked = arguments.tags or arguments.remove
        written = notes.tag(found, arguments.tags, arguments.remove) if asked else notes.read(found)
    except NoSuchRun as error:
        print(error, file=sys.stderr)
        return 1
    except (notes.NotAllowed, OSError) as error:
        print(f"The tags of {arguments.run} were not kept: {error}", file=sys.stderr)
        return 1
    if written.tags:
        print(", ".join(written.tags))
    return 0
