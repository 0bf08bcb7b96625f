"""When a run starts and ends by itself, as `RunSpec.policy` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.core.meeting import Meeting, meeting_of

LONGEST_BACKOFF = 3600.0


@dataclass(frozen=True)
class Policy:
    """Lengths of time in seconds. `slots` None: one for each process where slots are GPUs, otherwise one.

    `meeting`: it runs on several machines.
    """

    queue: bool = False
    priority: int = 0
    slots: int | None = None
    time_limit: float | None = None
    restarts: int = 0
    backoff: float = 0.0
    meeting: Meeting | None = None

    def pause_before(self, restart: int) -> float:
        """Seconds to wait before the restart of this number, the first being 1."""
        return min(LONGEST_BACKOFF, self.backoff * 2.0 ** min(restart - 1, 30))


def policy_of(record: Mapping[str, Any]) -> Policy:
    """Of a spec; one that was written before there was any says nothing. Keys of others are left alone."""
    restart: Mapping[str, Any] = record.get("restart") or {}
    return Policy(
        bool(record.get("queue", False)),
        int(record.get("priority", 0)),
        record.get("slots"),
        record.get("time_limit"),
        int(restart.get("attempts", 0)),
        float(restart.get("backoff", 0.0)),
        meeting_of(record),
    )
