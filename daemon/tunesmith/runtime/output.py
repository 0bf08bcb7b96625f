"""Where a rank's words go: straight into its own file, with no process in between."""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
from pathlib import Path

STACKS = 11
"""Which of the real-time signals: the C library keeps the first ones to itself."""


def redirect(log: Path) -> None:
    """Send standard output and error of this process and its children to `log`, and crashes in C code too."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)
    faulthandler.enable()


def answer_stacks() -> int | None:
    """From now on this process writes where all its threads stand into its log, whenever it gets a signal of
    the system's real-time ones. Also while it waits in C code for ever, and without touching what it does.

    Returns that signal; None where there is none.
    """
    if sys.platform != "linux":
        return None
    number = signal.SIGRTMIN + STACKS
    faulthandler.register(number, all_threads=True)
    return number
