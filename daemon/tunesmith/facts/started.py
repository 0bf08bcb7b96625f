"""What a command line says of the processes that it starts on one machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Started:
    """`processes` on each machine, `visible` GPUs of each, `port` for the first one; None: not said."""

    processes: int | None = None
    visible: int | None = None
    port: int | None = None


def read_started(values: Mapping[str, Any]) -> Started | None:
    """From the `started` of a reading; None when there is no command line."""
    found = values.get("started")
    if not isinstance(found, Mapping):
        return None
    written = cast(Mapping[str, Any], found)
    return Started(*(_whole(written.get(key)) for key in ("processes", "visible", "port")))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
