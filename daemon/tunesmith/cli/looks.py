"""Looking at a run until it is over."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator

from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView

PAUSE = 0.2
MOST_LOST = 20
"""How often a run may seem lost whose ranks have said how they ended: a supervisor is about to write it."""


def looks(run: RunFolder) -> Iterator[RunView]:
    """The run as it is, again and again until it is over. Without a supervisor it gets one, also to conclude
    what ended while it had none."""
    lost = 0
    while True:
        view = store.look(run)
        yield view
        is_lost = view.state == "lost"
        lost += is_lost
        adopted = (is_lost or not view.supervised) and control.adopt_all([run])
        if view.state == "ended" or (is_lost and not (adopted and lost < MOST_LOST)):
            return
        time.sleep(PAUSE)


def last(views: Iterable[RunView]) -> RunView:
    """Of those there are; there is one."""
    (view,) = deque(views, maxlen=1)
    return view
