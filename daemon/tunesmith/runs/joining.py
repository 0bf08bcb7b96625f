"""Taking part, on another machine than the first, in a run that the first one starts.

A run of several machines has one folder, which all of them see under the same path: so it is stopped and
followed from any of them, as a run of one machine is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.meeting import Meeting
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, store, supervisors
from tunesmith.runs.activation import activate
from tunesmith.runs.meetings import living, meeting
from tunesmith.runs.runtime_copy import runtime_copy

PATIENCE = 60.0
"""Seconds in which the first machine must have started the run."""
LOOK_EVERY = 0.2


def join(recipe: Path, interpreter: Interpreter, machine: int) -> RunFolder:
    """See to this machine's ranks of the run that the first machine has started, or is about to.

    `machine` counts from 0, which is the first one. Raises as `control.start` does.
    """
    recipe = recipe.absolute()
    _, checked = control.accept(recipe, interpreter)
    place = meeting(checked)
    if place is None or not 0 < machine < place.machines:
        raise control.NotStarted(no_such_machine(machine, place))
    run = _wait_for(runs_home(recipe.parent), place, machine)
    attempt = store.last_attempt(run)
    activated = activate(interpreter, os.environ, recipe.parent)
    command = launch.member(interpreter.path, runtime_copy(), run, machine)
    log = attempt.machine_log(machine)
    supervisors.start_detached(command, log, activated.environment)
    _wait_until_joined(run, machine, log)
    return run


def no_such_machine(machine: int, place: Meeting | None) -> str:
    """Why this machine takes no part."""
    if place is None:
        return (
            "The recipe runs on one machine. For several, set num_machines, main_process_ip and "
            "num_processes under accelerate:."
        )
    last = place.machines - 1
    return f"Machine {machine} cannot join: the recipe has {place.machines}, and 1 to {last} join machine 0."


def _wait_for(home: Path, place: Meeting, machine: int) -> RunFolder:
    """The newest run that this machine is missing from."""
    until = time.monotonic() + PATIENCE
    joined: RunFolder | None = None
    while joined is None:
        for run in living(home, place):
            if locks.holder(run.machine_lock(machine)) is None:
                return run
            joined = run
        if time.monotonic() > until:
            raise control.NotStarted(
                f"No run that meets at {place} was started within {PATIENCE:.0f} s. Start it on the first "
                f"machine; this one must see its folder, {home}, under the same path."
            )
        time.sleep(LOOK_EVERY)
    raise control.NotStarted(f"Machine {machine} takes part in {joined.id} already.")


def _wait_until_joined(run: RunFolder, machine: int, log: Path) -> None:
    until = time.monotonic() + supervisors.PATIENCE
    while locks.holder(run.machine_lock(machine)) is None:
        if time.monotonic() > until:
            raise control.NotStarted(f"Machine {machine} did not join: {supervisors.last_line_of(log)}")
        time.sleep(LOOK_EVERY)
