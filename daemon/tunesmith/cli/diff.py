"""`tunesmith diff`: what two runs have different - recipe, values, metrics, code, data, machine, packages."""

from __future__ import annotations

import argparse
import sys

from tunesmith.cli.find import NoSuchRun, add_folder, find_run
from tunesmith.core.layout import RunFolder
from tunesmith.runs.compare import difference
from tunesmith.runs.document import document
from tunesmith.runs.scalars import visible
from tunesmith.runs.store import BROKEN

SAME, DIFFERENT, TROUBLE = 0, 1, 2
STYLES = {"@": "bold", "-": "red", "+": "green"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="RUN", help="a run's id, the end of it, or its folder")
    parser.add_argument("new", metavar="RUN", nargs="?", help="the other run; left out, all about the first")
    add_folder(parser)
    parser.epilog = "Exit code: 0 nothing differs, 1 something does, 2 a run cannot be read."


def run(arguments: argparse.Namespace) -> int:
    try:
        old = find_run(arguments.old, arguments.folder)
        if arguments.new is None:
            print(visible(document(old)), end="")
            return SAME
        return compare(old, find_run(arguments.new, arguments.folder))
    except NoSuchRun as error:
        print(error, file=sys.stderr)
    except BROKEN as error:
        print(f"A run cannot be read: {error}", file=sys.stderr)
    return TROUBLE


def compare(old: RunFolder, new: RunFolder) -> int:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)
    lines = difference(old, new)
    if not lines:
        console.print(f"{old.id} and {new.id} differ in nothing that they kept.", highlight=False)
        return SAME
    for line in (f"- {old.id}", f"+ {new.id}", *lines):
        console.print(Text(visible(line), STYLES.get(line[0], "")))
    return DIFFERENT
