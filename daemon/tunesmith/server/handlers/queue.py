"""Pausing runs and letting them go on; starting those sooner that wait in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tunesmith.core.layout import RunFolder
from tunesmith.core.queue import Busy
from tunesmith.runs import asking, queueing, store
from tunesmith.server.confine import find_run
from tunesmith.server.messages.runs import NamedRun, Run
from tunesmith.server.refused import Refused
from tunesmith.server.run_view import to_run
from tunesmith.server.session import Session

BY = "Pause in the editor"


async def pause(session: Session, params: NamedRun) -> Run:
    """All ranks hold before the same step; mostly they do not hold yet in what is returned."""
    return await _ask(session, params, "paused", lambda run: asking.pause(run, BY))


async def go_on(session: Session, params: NamedRun) -> Run:
    return await _ask(session, params, "continued", asking.go_on)


async def start_now(session: Session, params: NamedRun) -> Run:
    """Out of the queue, whatever else runs."""
    return await _ask(session, params, "started", queueing.start_now)


async def move_up(session: Session, params: NamedRun) -> Run:
    """One place forward in the queue."""
    return await _ask(session, params, "moved", queueing.move_up)


async def _ask(session: Session, params: NamedRun, done: str, ask: Callable[[RunFolder], None]) -> Run:
    if not session.options.trusted:
        raise Refused(f"This workspace is not trusted, so no run is {done} in it. Trust it, then try again.")
    run = await asyncio.to_thread(find_run, session, params.run_id)
    if run is None:
        raise Refused(
            f"There is no run {params.run_id} in this workspace any more. Refresh the list of runs."
        )
    try:
        await asyncio.to_thread(ask, run)
        return to_run(await asyncio.to_thread(store.look, run))
    except (asking.CannotAsk, queueing.NotInQueue, Busy) as error:
        raise Refused(str(error)) from error
    except (OSError, ValueError) as error:
        raise Refused(f"{run.id} could not be {done}: {error}") from error
