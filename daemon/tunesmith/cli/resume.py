"""`tunesmith resume`: go on with a run from one of its checkpoints."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tunesmith.cli import wire, words
from tunesmith.cli.find import NoSuchRun, add_run, find_run
from tunesmith.cli.follow import follow, follow_as_json
from tunesmith.cli.run import UNUSABLE, code_of, complain, show_refusal
from tunesmith.core.checkpoints import Checkpoint, all_checkpoints
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.facts import interpreter
from tunesmith.runs import control, store
from tunesmith.runs.resume import CannotResume, resume, resume_as_new


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument(
        "--from", dest="checkpoint", metavar="CHECKPOINT", help="its name or its step (default: the last one)"
    )
    parser.add_argument(
        "--new",
        action="store_true",
        help="as a new run with the recipe as it is now, which may have another number of processes",
    )
    parser.add_argument("--list", action="store_true", help="say which checkpoints there are, and do nothing")
    parser.add_argument("--detach", action="store_true", help="start it and return; it goes on by itself")
    parser.add_argument("--json", action="store_true", help="print a line of JSON at every change")
    parser.add_argument(
        "--interpreter",
        metavar="PATH",
        help="with --new, the Python to train in (found by itself if left out)",
    )
    parser.epilog = (
        "Exact: as if it had never been interrupted. Approximate: the same training with other random "
        "numbers or another order of the data. Unsafe: nothing can be promised. Exit codes are those of run."
    )


def run(arguments: argparse.Namespace) -> int:
    try:
        found = find_run(arguments.run, arguments.folder)
        spec = RunSpec.from_json(found.spec.read_text(encoding="utf-8"))
    except (NoSuchRun, OSError, ValueError) as error:
        return complain(str(error), UNUSABLE)
    try:
        if arguments.list:
            return show(all_checkpoints(found, spec))
        resumed = resumed_run(found, spec, arguments)
    except control.Refused as refused:
        return show_refusal(Path(spec.recipe), refused, arguments.json)
    except CannotResume as error:
        return complain(str(error), UNUSABLE)
    except (control.NotStarted, OSError, ValueError) as error:
        return complain(f"{arguments.run} was not resumed: {error}", UNUSABLE)
    if arguments.detach:
        view = store.look(resumed)
        print(wire.to_json(view) if arguments.json else f"{view.id}\n{view.folder}")
        return 0
    return code_of(follow_as_json(resumed) if arguments.json else follow(resumed))


def resumed_run(found: RunFolder, spec: RunSpec, arguments: argparse.Namespace) -> RunFolder:
    if not arguments.new:
        return resume(found, arguments.checkpoint)
    folder = Path(spec.recipe).parent
    python = interpreter.find(folder, arguments.interpreter)
    if python is None:
        where = arguments.interpreter or f"a .venv in or above {folder}"
        raise CannotResume(f"No training interpreter: {where} is not there. Name one with --interpreter.")
    return resume_as_new(found, python, arguments.checkpoint)


def show(checkpoints: list[Checkpoint]) -> int:
    """One a line, the last one first; 1 when none of them can be loaded."""
    for each in checkpoints:
        print(line(each, time.time()))
    if not checkpoints:
        print("No checkpoints.", file=sys.stderr)
    return 0 if any(each.torn is None for each in checkpoints) else 1


def line(each: Checkpoint, now: float) -> str:
    """`checkpoints/checkpoint-40  step 40 of 120  4 min 07 s ago  exact`."""
    steps = f"step {each.step:,}" if each.steps is None else f"step {each.step:,} of {each.steps:,}"
    said = f"torn ({each.torn})" if each.torn else f"{each.label}{f' ({each.reason})' if each.reason else ''}"
    return f"{each.name}  {steps}  {words.duration(max(0.0, now - each.saved))} ago  {said}"
