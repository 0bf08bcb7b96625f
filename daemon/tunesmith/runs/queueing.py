"""Changing the place of a run that waits in the queue."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from tunesmith.core import queue
from tunesmith.core.layout import RunFolder
from tunesmith.core.queue import Ticket, queue_home
from tunesmith.core.run import Queued
from tunesmith.runs import store

SOONER = 1e-3
"""Seconds by which a ticket is put before another one."""


Change = Callable[[Ticket, "Ticket | None"], Ticket]
"""Of a ticket, and the one before it in the queue."""


class NotInQueue(Exception):
    """The run does not wait any more; the message says so."""


def start_now(run: RunFolder) -> None:
    """Launch it whatever else runs."""
    _change(run, lambda mine, _: replace(mine, now=True))


def set_priority(run: RunFolder, priority: int) -> None:
    _change(run, lambda mine, _: replace(mine, priority=priority))


def move_up(run: RunFolder) -> None:
    """Before the one that is before it, if any."""
    _change(run, lambda mine, before: mine if before is None else ahead_of(mine, before))


def ahead_of(mine: Ticket, other: Ticket) -> Ticket:
    return replace(mine, priority=other.priority, since=other.since - SOONER)


def _change(run: RunFolder, changed: Change) -> None:
    home = queue_home(os.environ)
    with queue.locked(home):
        mine = queue.ticket_of(home, run)
        if mine is None or not isinstance(store.state_of(run), Queued):
            raise NotInQueue(f"{run.id} does not wait in the queue any more.")
        waiting = queue.waiting(home)
        ahead = [each for each in waiting if each.order < mine.order]
        queue.change(home, changed(mine, ahead[-1] if ahead else None))
