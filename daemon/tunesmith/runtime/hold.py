"""A run that was started under the debugger: no line of its program runs before the breakpoints are set.

No debugger is worth a training: when none comes, or it leaves first, the training starts without.
"""

from __future__ import annotations

import time
from typing import Protocol

from tunesmith.core import in_place, locks
from tunesmith.core.context import Context
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Phase
from tunesmith.runtime import debug
from tunesmith.runtime.debug import say

NOBODY = 120.0
"""Seconds without any debug session in sight; one comes within two of a rank's start."""

LOOK_EVERY = 0.05


class Debugger(Protocol):
    """What of `debug.Debugging` is looked at."""

    def ready(self) -> bool: ...


def until_debugged(run: RunFolder, attempt: AttemptFolder, context: Context) -> bool:
    """Let a debugger in and wait for it; False when the run is to end instead."""
    context.progress(Phase.WAITING)
    try:
        return hold(debug.answer(run, attempt, context.rank), attempt, context.rank)
    finally:
        context.progress(Phase.LOADING)


def hold(debugger: Debugger, attempt: AttemptFolder, rank: int, nobody: float = NOBODY) -> bool:
    """Wait until a debugger is attached and has set its breakpoints; False when the run is to end instead."""
    deadline = time.monotonic() + nobody
    while not debugger.ready():
        if any(in_place.is_written(path) for path in attempt.asked_to_end):
            say("the run was stopped while it waited for the debugger")
            return False
        if not _in_sight(attempt, rank):
            if attempt.debug_session.exists():
                say("the debug session ended before its breakpoints were set: training starts without it")
                return True
            if time.monotonic() > deadline:
                say(f"no debugger came within {nobody:g} s: training starts without it; one may attach later")
                return True
        time.sleep(LOOK_EVERY)
    return True


def _in_sight(attempt: AttemptFolder, rank: int) -> bool:
    """Whether the session that the run was started by lives, or somebody else's debugs this rank."""
    places = (attempt.debug_session, attempt.debug_lock(rank))
    return any(locks.holder(place) is not None for place in places)
