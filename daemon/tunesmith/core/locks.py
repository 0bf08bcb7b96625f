"""POSIX record locks: how the living are told from the dead.

In this room because daemon, supervisor and ranks must agree on it to the byte.
A record lock ends with its process however it ends, survives `exec`, is not inherited by `fork`, and can be
asked about without taking it. It also ends when its process closes *any* descriptor of the file: a holder
opens the file once.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

# struct flock of 64-bit systems: its layout, and the places of l_type and l_pid.
_FLOCK, _TYPE, _PID = ("qqihh", 3, 2) if sys.platform == "darwin" else ("hhqqi4x", 0, 4)


_NONE = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class NoLocks(OSError):
    """The file system of a folder has none. The message says so, and what to do."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"{folder} is on a file system without record locks ({reason}), which tell a run that lives from "
            "one that has ended. Put the recipe into a folder on another disk, or have this one mounted with "
            "locks: NFS needs its lock service, Lustre the option flock."
        )
        self.reason = reason


def take_shared(path: Path) -> int:
    """Hold a shared lock on `path` until this process ends. Waits while an exclusive lock is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    with _told(path):
        fcntl.lockf(descriptor, fcntl.LOCK_SH)
    return descriptor


def take_exclusive(path: Path) -> int | None:
    """Hold an exclusive lock on `path` until this process ends; None when another process holds a lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with _told(path):
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def is_deleted(descriptor: int) -> bool:
    """Whether the file of a lock that this process holds was deleted, and not only is out of reach."""
    try:
        return os.fstat(descriptor).st_nlink == 0
    except OSError as error:
        return error.errno == errno.ESTALE


def holder(path: Path) -> int | None:
    """The process id of one other process that holds a lock on `path`; None when nobody does."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        values: list[int] = [0] * 5
        values[_TYPE] = fcntl.F_WRLCK
        with _told(path):
            asked = struct.pack(_FLOCK, *values)
            answer = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    finally:
        os.close(descriptor)
    return None if answer[_TYPE] == fcntl.F_UNLCK else answer[_PID]


@contextmanager
def _told(path: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _NONE:
            raise
        raise NoLocks(path.parent, str(error.strerror)) from error
