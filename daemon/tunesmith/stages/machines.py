"""What accelerate's own keys say of a run on several machines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunesmith.core.meeting import Meeting

PORT = 29500
"""The port that `accelerate launch` takes where none is given."""


def machines(accelerate: Mapping[str, Any]) -> int:
    return _whole(accelerate.get("num_machines"), 1)


def machine_rank(accelerate: Mapping[str, Any]) -> int:
    """Which of them this one is; the first is 0."""
    return _whole(accelerate.get("machine_rank"), 0)


def meeting(accelerate: Mapping[str, Any]) -> Meeting | None:
    """None for one machine, and for what a check would have refused."""
    count, address = machines(accelerate), accelerate.get("main_process_ip")
    if count < 2 or not isinstance(address, str) or not address:
        return None
    return Meeting(count, address, _whole(accelerate.get("main_process_port"), PORT))


def _whole(given: object, otherwise: int) -> int:
    """The launcher takes texts of digits, too."""
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else otherwise
