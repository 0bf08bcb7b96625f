"""What a cluster's scheduler says of the job that a run is."""

from __future__ import annotations

import enum
from dataclasses import dataclass

STALE = 60.0
"""Seconds without a heartbeat after which nobody watches over an attempt on the cluster any more."""
HEARTBEAT = 5.0
"""Seconds between two heartbeats."""


class JobState(str, enum.Enum):
    """The scheduler's many states, as far as they differ for a run."""

    PENDING = "pending"
    RUNNING = "running"
    ENDED = "ended"
    FORGOTTEN = "forgotten"
    """The scheduler answers, and knows no such job any more."""
    SILENT = "silent"
    """The scheduler does not answer."""


@dataclass(frozen=True)
class Job:
    """At one moment. `reason` says in words why it waits, how it ended or why nothing is known.

    `code` is the exit code of the batch script; `asked` says that somebody cancelled it.
    """

    id: str
    state: JobState
    reason: str | None = None
    code: int | None = None
    asked: bool = False
    ended: float | None = None
