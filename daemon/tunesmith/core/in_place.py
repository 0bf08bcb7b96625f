"""Files of a run that are there from the beginning and are written where they lie: requests, and what the
ranks agree on.

A shared file system may remember for a minute that a name was not there, or which file it was; NFS does, each
machine for itself. What stands in a file is asked anew at every opening. So whether there is such a file says
nothing, and no name comes or goes.
"""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any, cast

ROOM = 512
"""Bytes of a blank file. What is written is filled up with spaces, so that it takes no room on a full disk
and a reader finds no rest of what stood there."""
MOST = 1 << 16
"""Bytes that are read of one."""
LOOKS = 20
BETWEEN = 0.005
"""Seconds between two looks at a file that is being written."""


def lay_out(path: Path) -> None:
    """Make it, blank."""
    path.write_bytes(_line(b"", ROOM))


def write(path: Path, value: dict[str, Any]) -> None:
    """Put `value` into the file, in one go. Raises OSError."""
    _put(path, json.dumps(value, ensure_ascii=False).encode())


def wipe(path: Path) -> None:
    """Nothing stands in it any more. Raises OSError."""
    _put(path, b"")


def read(path: Path) -> dict[str, Any] | None:
    """What stands in it; None when nothing does, or an older version made the attempt and nobody wrote it.

    What cannot be understood was written all the same, and is empty.
    """
    for _ in range(LOOKS):
        try:
            said = _bytes(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not said.strip():
            return None
        try:
            value = json.loads(said)
        except (ValueError, RecursionError):
            time.sleep(BETWEEN)  # Somebody is about to write it.
            continue
        return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {}


def is_written(path: Path) -> bool:
    return read(path) is not None


def _bytes(path: Path) -> bytes:
    """Without a reader's buffer: a supervisor asks this several times a second for as long as a run lasts."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, MOST)
    finally:
        os.close(descriptor)


def _put(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        line = _line(text, max(ROOM, os.fstat(descriptor).st_size))
        if os.pwrite(descriptor, line, 0) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(text: bytes, room: int) -> bytes:
    return text.ljust(room - 1) + b"\n"
