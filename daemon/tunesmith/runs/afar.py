"""A run whose processes are on another machine that shares its folder: what is said of it here, and what can
be done about it."""

from __future__ import annotations

import time

from tunesmith.core import whereabouts
from tunesmith.core.exits import STOPPED, write_exit
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Cause, Exit, Observed, Queued, Running
from tunesmith.runs.supervisors import NotStarted


def said_from_afar(seen: Observed, host: str) -> str | None:
    """Where to look, when it cannot be said from here how the run does."""
    if seen.exit is not None and not seen.exit.restart:
        return None
    if seen.supervisor_alive:
        return None
    if seen.ranks_alive:
        return f"It trains on {host} without a supervisor. Open its folder there, and it gets one."
    if seen.started and seen.exit is None:
        return (
            f"It was started on {host} and gives no sign of life. Whether it lives can be seen there alone: "
            f"look at its processes on {host} before you resume it."
        )
    return f"It waits to be launched on {host}. Look there, or stop it."


def stop_from_afar(
    run: RunFolder, attempt: AttemptFolder, state: Queued | Running, force: bool, by: str
) -> None:
    """What is left to do about a run of another machine, whose processes cannot be ended from here."""
    away = whereabouts.elsewhere(run, attempt)
    if away is None or state.supervised:
        return
    if isinstance(state, Queued):
        # Whoever is about to launch it looks for this.
        write_exit(attempt, Exit(time.time(), 0, Cause.STOPPED, by, STOPPED))
    elif force:
        raise NotStarted(
            f"{run.id} is on {away}, and no supervisor lives there that could end it. "
            f"The request is written: open its folder on {away}, and it is ended."
        )
