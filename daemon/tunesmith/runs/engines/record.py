"""Writing down how a job ended whose supervisor could not do it, before the scheduler forgets it."""

from __future__ import annotations

from dataclasses import replace

from tunesmith.core import in_place
from tunesmith.core.exits import write_exit
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Cause, Exit

WAITED = "Stopped while it waited in the queue of the cluster."


def write_down(attempt: AttemptFolder, end: Exit) -> bool:
    """Two that do so at once write the same."""
    request = in_place.read(attempt.kill_request) or in_place.read(attempt.stop_request)
    if request is not None and end.cause is Cause.KILLED:
        end = asked(end, str(request.get("by", "somebody")), attempt.started.exists())
    write_exit(attempt, end)
    return True


def asked(end: Exit, by: str, started: bool) -> Exit:
    """The end of a job that was cancelled from here."""
    return (
        replace(end, by=by) if started else replace(end, code=0, cause=Cause.STOPPED, by=by, message=WAITED)
    )
