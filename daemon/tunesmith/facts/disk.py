"""How much is free on the disk that a run is written to."""

from __future__ import annotations

import os
from pathlib import Path

GIB = 2**30


def read_disk(folder: Path) -> float | None:
    """In GiB, rounded down to a tenth; None of a folder that is not there."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize * 10 // GIB / 10


def disk_fingerprint(folder: Path) -> str:
    """Whole GiB: every file that is written anywhere changes the rest."""
    free = read_disk(folder)
    return "" if free is None else str(int(free))
