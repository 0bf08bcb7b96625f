"""What is noted while a case is played, and how it waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds for whatever a busy machine is slow at; no case is judged by it."""
SOON = 2.0
"""Seconds after which whoever looks must see what is so."""


@dataclass
class Played:
    """`wrong` is empty for a case that holds; `notes` are the figures worth printing.

    `skipped` is why this machine does not let it be played.
    """

    wrong: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    skipped: str | None = None


async def until(what: str, condition: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"never seen within {PATIENCE:.0f} s: {what}")
        await asyncio.sleep(0.02)
    return value
