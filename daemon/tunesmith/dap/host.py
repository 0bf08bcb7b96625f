"""What the command line lends to a debug session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tunesmith.core.layout import RunFolder

FindRun = Callable[[str], RunFolder]
"""From a run's id or folder to its folder; raises Refused."""

StopRun = Callable[[RunFolder], None]
"""Asks for the graceful end of a run; raises Refused. Blocks for a moment."""


@dataclass(frozen=True)
class Host:
    """`launched` is the run that was started for this session. With `ranks_by_event` the client opens the
    sessions of the ranks on the event `tunesmithRank`, as its own children, instead of on the protocol's
    request."""

    find: FindRun
    stop: StopRun
    launched: str | None = None
    ranks_by_event: bool = False
