"""A line for supervisor.log."""

from __future__ import annotations

import sys
import time
from contextlib import suppress


def say(text: str) -> None:
    """Standard error is that log; on a full disk the line is lost."""
    with suppress(OSError):
        print(time.strftime("%Y-%m-%d %H:%M:%S"), text, file=sys.stderr, flush=True)
