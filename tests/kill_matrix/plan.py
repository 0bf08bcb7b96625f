"""The training that all cases run, and where it can be held. Shared with the hooks inside it."""

from __future__ import annotations

STEPS = 40
SAVE_EVERY = 10
SLOW_SAVE = 20
"""The checkpoint whose writing takes until the gate opens, when it is to be killed there."""
KILL_FROM = 12
"""The step from which on a stepping run is killed: there is one checkpoint by then."""
HOLD = 30
"""The step at which a run waits for the gate, so that it cannot end before it was looked at."""
STEP_SECONDS = 0.03

FOLDER_VARIABLE = "KILL_MATRIX"
"""Names the folder of the case in the environment of every process that the case starts."""
SLOW_VARIABLE = "KILL_MATRIX_SLOW_SAVE"
LATE_VARIABLE = "KILL_MATRIX_LATE"
"""Has the ranks load until the gate opens: after a parked start that is over in a moment."""
GATE = "gate-is-open"
HUNGRY = "a-rank-may-eat"
"""The rank in this file begins to take all memory there is."""
TORN = "half-a-checkpoint-is-written"


def ledger(run: str, attempt: str, rank: int | str) -> str:
    """The file in which a rank counts the lines and points that it has written for sure."""
    return f"ledger-{run}-{attempt}-{rank}"


def line(number: int, rank: int | str) -> str:
    return f"line {number} of rank {rank}"
