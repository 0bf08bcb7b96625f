"""What becomes of an attempt that Slurm interrupted."""

from __future__ import annotations

from dataclasses import replace

from tunesmith.core.attempts import last_number, read_plan
from tunesmith.core.files import last_objects
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import RunSpec

GOES_ON = "Slurm took the machines back. The run goes on when its job starts again."
MOST_FRUITLESS = 3
FRUITLESS = (
    f"Slurm ended it {MOST_FRUITLESS} times before a step was made, so it is not queued again. "
    "Give it a longer time."
)


def as_noticed(run: RunFolder, spec: RunSpec, end: Exit, preempted: bool) -> Exit:
    """A run that stopped because Slurm asked for it, and may start again, has not ended: it goes on later."""
    if not preempted or end.cause not in (Cause.STOPPED, Cause.KILLED):
        return end
    if fruitless(run, spec) >= MOST_FRUITLESS:
        return replace(end, message=FRUITLESS)
    message = GOES_ON if end.message is None else f"{GOES_ON} {end.message}"
    return replace(end, cause=Cause.PREEMPTED, by="Slurm", message=message)


def fruitless(run: RunFolder, spec: RunSpec) -> int:
    """How many of the last attempts, one after another, came no further than where they started.

    A script counts its steps from its own start.
    """
    furthest: dict[int, int] = {}
    for line in last_objects(run.progress, 1 << 20):
        number = int(line.get("attempt") or 0)
        furthest[number] = max(furthest.get(number, 0), int(line.get("step") or 0))
    last = last_number(run)
    for count, number in enumerate(range(last, 0, -1)):
        plan = read_plan(run.attempt(number))
        start = (plan.step or 0) if plan is not None and spec.stage != "script" else 0
        if furthest.get(number, 0) > start:
            return count
    return last
