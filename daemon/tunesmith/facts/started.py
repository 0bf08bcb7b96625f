"""What a command line says of the processes that it starts on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Started:
    """`program` starts `processes` on each machine, with `visible` GPUs of each, and `port` for the first
    one, 0 where any will do; None: not said."""

    processes: int | None = None
    visible: int | None = None
    port: int | None = None
    program: str | None = None


def read_started(values: Mapping[str, Any]) -> Started | None:
    """From the `started` of a reading; None when there is no command line."""
    found = values.get("started")
    if not isinstance(found, Mapping):
        return None
    written = cast(Mapping[str, Any], found)
    program = written.get("program")
    return Started(
        _whole(written.get("processes")),
        _whole(written.get("visible")),
        _whole(written.get("port")),
        program if isinstance(program, str) else None,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
