"""A file as bytes, read in a bounded time."""

from __future__ import annotations

import stat
from pathlib import Path


def read_bounded(path: Path, largest: int) -> bytes:
    """Raises OSError, also for what is no regular file or has more than `largest` bytes: reading a pipe would
    wait forever, and a device may never end."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise OSError(f"{path} is not a file")
    if about.st_size > largest:
        raise OSError(f"{path} is larger than {largest:,} bytes")
    return path.read_bytes()
