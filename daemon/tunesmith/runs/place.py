"""Which place a run has in the queue of this user on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tunesmith.core import queue
from tunesmith.core.layout import RunFolder


@dataclass(frozen=True)
class Place:
    """`number` counts from 1 among the `of` who wait."""

    number: int
    of: int
    priority: int


def place_of(run: RunFolder) -> Place | None:
    """None for a run that does not wait."""
    home = queue.queue_home(os.environ)
    mine = queue.ticket_of(home, run)
    waiting = queue.waiting(home)
    runs = [each.run for each in waiting]
    if mine is None or mine.run not in runs:
        return None
    return Place(runs.index(mine.run) + 1, len(runs), mine.priority)
