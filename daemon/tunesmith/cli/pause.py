"""`tunesmith pause`: hold all ranks of a run before the same step."""

from __future__ import annotations

import argparse
import sys
import time

from tunesmith.cli import words
from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.runs import asking, store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--no-wait", action="store_true", help="ask for the pause and do not wait for it")
    parser.epilog = "It keeps its memory, also that of its GPUs. `tunesmith continue` lets it go on."


def run(arguments: argparse.Namespace) -> int:
    """0 when it is paused; 1 when it cannot be, or ended before."""
    try:
        found = find_run(arguments.run, arguments.folder)
        asking.pause(found, by="tunesmith pause")
        view = store.look(found)
        while view.state == "running" and view.phase != "paused" and not arguments.no_wait:
            time.sleep(0.2)
            view = store.look(found)
    except (NoSuchRun, asking.CannotAsk, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{view.id}: {words.state(view)} at step {view.step:,}")
    return 0 if view.state == "running" else 1
