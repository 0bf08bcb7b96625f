"""`tunesmith queue`: who waits for room on this machine; the place of one run, and how much room there is."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tunesmith.cli.find import NoSuchRun, add_folder, find_run
from tunesmith.core import queue
from tunesmith.core.layout import RunFolder
from tunesmith.runs import queueing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", help="a run that waits: its id, the end of it, or its folder")
    parser.add_argument("--now", action="store_true", help="launch it whatever else runs")
    parser.add_argument("--up", action="store_true", help="put it before the one that is before it")
    parser.add_argument("--priority", type=int, metavar="N", help="a higher one goes first (default: 0)")
    parser.add_argument(
        "--slots", metavar="N", help="how many slots this machine has; `auto`: its GPUs, or one"
    )
    add_folder(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        if arguments.slots is not None:
            queue.set_count(queue.queue_home(os.environ), count(arguments.slots))
        if arguments.run is not None:
            change(find_run(arguments.run, arguments.folder), arguments)
    except (NoSuchRun, queueing.NotInQueue, queue.Busy, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    show()
    return 0


def count(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"--slots takes a number from 1 on, or auto; not {text}")
    return int(text)


def change(run: RunFolder, arguments: argparse.Namespace) -> None:
    if arguments.priority is not None:
        queueing.set_priority(run, arguments.priority)
    if arguments.up:
        queueing.move_up(run)
    if arguments.now:
        queueing.start_now(run)


def show() -> None:
    waiting = queue.waiting(queue.queue_home(os.environ))
    if not waiting:
        print("No run waits. `tunesmith run --queue RECIPE` puts one into the queue.")
    for number, ticket in enumerate(waiting, 1):
        priority = f"  priority {ticket.priority}" if ticket.priority else ""
        print(f"{number}  {Path(ticket.run).name}  {ticket.run}{priority}")
