"""A line for supervisor.log."""

from __future__ import annotations

import os
import time
from contextlib import suppress

LOG = 2
"""Standard error is that log."""


def say(text: str) -> None:
    """Written at once and through no buffer, because a signal may come while another line is written. On a
    full disk it is lost."""
    line = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n"
    with suppress(OSError):
        os.write(LOG, line.encode("utf-8", "backslashreplace"))
