"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(what: str, condition: Callable[[], T | None], patience: float = 120.0) -> T:
    """The condition's first true value. `patience` only bounds how long a broken test hangs."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {patience:.0f} s and never saw: {what}"
        time.sleep(0.05)
    return value
