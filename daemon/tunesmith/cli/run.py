"""`tunesmith run`: train a recipe and follow it to its end."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from tunesmith.cli import wire
from tunesmith.cli.follow import follow, follow_as_json
from tunesmith.core.layout import RunFolder
from tunesmith.facts import interpreter
from tunesmith.runs import control, store
from tunesmith.runs.joining import join
from tunesmith.runs.view import RunView
from tunesmith.server.messages.base import to_wire
from tunesmith.server.problems import problems

REFUSED = 1
UNUSABLE = 2
STOPPED = 3
FAILED = 4
ENDS = {"finished": 0, "stopped": STOPPED, "killed": STOPPED}
"""Exit code by cause; any other cause, and a lost run, is FAILED."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path, help="a .train.yaml file")
    parser.add_argument("--detach", action="store_true", help="start it and return; it goes on by itself")
    parser.add_argument(
        "--queue",
        action=argparse.BooleanOptionalAction,
        help="wait for room in the queue of this machine, or do not, whatever the recipe says",
    )
    parser.add_argument(
        "--priority", type=int, metavar="N", help="its priority in the queue: a higher one goes first"
    )
    parser.add_argument(
        "--machine-rank",
        type=int,
        metavar="N",
        help="take part, as machine N, in the run that machine 0 starts from this recipe",
    )
    parser.add_argument("--json", action="store_true", help="print a line of JSON at every change")
    parser.add_argument(
        "--interpreter", metavar="PATH", help="the Python to train in (found by itself if left out)"
    )
    parser.epilog = (
        "Ctrl-C stops the run with a checkpoint, a second one ends it at once. "
        "Exit code: 0 finished, 1 refused, 2 could not start, 3 stopped, 4 failed."
    )


def run(arguments: argparse.Namespace) -> int:
    recipe: Path = arguments.recipe
    if not recipe.is_file():
        return complain(f"{recipe}: there is no such file.", UNUSABLE)
    python = interpreter.find(recipe.absolute().parent, arguments.interpreter)
    if python is None:
        where = arguments.interpreter or f"a .venv in or above {recipe.absolute().parent}"
        return complain(
            f"No training interpreter: {where} is not there. Name one with --interpreter.", UNUSABLE
        )
    try:
        started = start(recipe, python, arguments)
    except control.Refused as refused:
        return show_refusal(recipe, refused, arguments.json)
    except (control.NotStarted, OSError) as error:
        return complain(f"{recipe}: {error}", UNUSABLE)
    if arguments.detach:
        view = store.look(started)
        print(wire.to_json(view) if arguments.json else f"{view.id}\n{view.folder}")
        return 0
    return code_of(follow_as_json(started) if arguments.json else follow(started))


def start(recipe: Path, python: interpreter.Interpreter, arguments: argparse.Namespace) -> RunFolder:
    if arguments.machine_rank:
        return join(recipe, python, arguments.machine_rank)
    return control.start(recipe, python, policy=policy(arguments))


def policy(arguments: argparse.Namespace) -> dict[str, Any]:
    """What goes before the recipe's own section."""
    asked = {"queue": arguments.queue, "priority": arguments.priority}
    return {name: value for name, value in asked.items() if value is not None}


def show_refusal(recipe: Path, refused: control.Refused, as_json: bool) -> int:
    """The errors, as `tunesmith check` words them."""
    found = problems(refused.report)
    if as_json:
        print(msgspec.json.encode([to_wire(problem) for problem in found]).decode())
        return REFUSED
    for problem in found:
        where = f"{recipe}:{problem.line}:{problem.column}"
        print(f"{where}: {problem.severity} {problem.code}: {problem.message}", file=sys.stderr)
    return complain(f"{recipe} was not started: mend its errors first.", REFUSED)


def code_of(view: RunView) -> int:
    return ENDS.get(view.cause or "", FAILED)


def complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
