"""A run of several machines: how many, and where their ranks find each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder


@dataclass(frozen=True)
class Meeting:
    """`address` is one of the first machine, as the others find it."""

    machines: int
    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


def meeting_of(policy: Mapping[str, Any]) -> Meeting | None:
    """Of `RunSpec.policy`; None for a run of one machine."""
    record: Mapping[str, Any] | None = policy.get("meeting")
    return None if record is None else Meeting(**record)


def missing(run: RunFolder, meeting: Meeting) -> list[int]:
    """The machines that have not joined it, or have left."""
    return [each for each in range(1, meeting.machines) if locks.holder(run.machine_lock(each)) is None]


def to_policy(meeting: Meeting | None) -> dict[str, Any]:
    return {} if meeting is None else {"meeting": asdict(meeting)}
