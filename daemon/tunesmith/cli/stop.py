"""`tunesmith stop`: end a run with a checkpoint, or at once."""

from __future__ import annotations

import argparse
import sys

from tunesmith.cli import words
from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.cli.looks import last, looks
from tunesmith.runs import asking, control, store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--force", action="store_true", help="end every process now, without a checkpoint")
    parser.add_argument(
        "--after-epoch", action="store_true", help="save and end when the epoch that it is in is over"
    )
    parser.add_argument("--no-wait", action="store_true", help="ask for the end and do not wait for it")


def run(arguments: argparse.Namespace) -> int:
    """0 when the run has ended, whoever ended it; 1 when there is no such run or it cannot be asked."""
    try:
        found = find_run(arguments.run, arguments.folder)
    except NoSuchRun as error:
        print(error, file=sys.stderr)
        return 1
    try:
        if arguments.after_epoch:
            asking.stop_after_epoch(found, by="tunesmith stop --after-epoch")
        else:
            control.stop(found, arguments.force, by="tunesmith stop")
        view = store.look(found) if arguments.no_wait else last(looks(found))
    except asking.CannotAsk as error:
        print(error, file=sys.stderr)
        return 1
    except (control.NotStarted, OSError, ValueError) as error:
        print(f"{found.id} could not be asked to stop: {error}", file=sys.stderr)
        return 1
    print(f"{view.id}: {words.state(view)}{f': {view.message}' if view.message else ''}")
    return 0
