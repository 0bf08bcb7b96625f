"""Reading event files while they are written: each read goes on after the last whole record."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tunesmith.metrics.event_file import LONGEST, OVERHEAD, Frames, frames

CHUNK = LONGEST + OVERHEAD
HEAD = 64
RETRIES = 5
"""How often a damaged place is read again when the file has grown: over a network it may still arrive."""


class Replaced(Exception):
    """The file is not the one that was read before, or lost what was read: all of it is to be read again."""


@dataclass(frozen=True)
class Chunk:
    """Records that were read, whether more of them wait in the file, and what is wrong with it, said once."""

    data: bytes
    frames: Frames
    more: bool
    damage: str | None = None


class EventFile:
    """One event file and how far it was read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.offset = 0
        self._identity: tuple[int, int] | None = None
        self._head = b""
        self._size_seen = -1
        self._damaged_at = -1
        self._retries = 0

    def read(self) -> Chunk | None:
        """The next records; None when there is nothing new. Raises Replaced, OSError if unreadable."""
        try:
            status = self.path.lstat()
        except FileNotFoundError:
            if self._identity is None:
                return None
            raise Replaced from None
        identity = (status.st_dev, status.st_ino)
        if self._identity is not None and (identity != self._identity or status.st_size < self.offset):
            raise Replaced
        if status.st_size == self._size_seen or self._retries > RETRIES:
            return None
        # A link or a pipe that is put in the place of a file is not followed and does not block.
        handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return self._read(handle)
        finally:
            os.close(handle)

    def _read(self, handle: int) -> Chunk | None:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return None
        head = os.pread(handle, HEAD, 0)
        if not head.startswith(self._head):
            raise Replaced
        data = os.pread(handle, CHUNK, self.offset)
        found = frames(data)
        self._identity = (status.st_dev, status.st_ino)
        self._head = head
        skip = found.oversized if self.offset + found.consumed + found.oversized <= status.st_size else 0
        before, self.offset = self.offset, self.offset + found.consumed + skip
        more = self.offset > before and self.offset < status.st_size and not found.damaged
        # While more waits the size stays unknown, so that the next read looks again.
        self._size_seen = -1 if more else status.st_size
        return Chunk(data, found, more, self._damage(found))

    def _damage(self, found: Frames) -> str | None:
        if not found.damaged:
            self._retries = 0
            return None
        self._retries += 1
        if self._damaged_at == self.offset:
            return None
        self._damaged_at = self.offset
        return (
            f"{self.path.name} is damaged at byte {self.offset}: "
            "what stands before is shown, what was written after it is not"
        )


def event_files(folder: Path, most: int, depth: int = 8) -> list[Path]:
    """The event files in `folder` and below, in the order of their names; links are not followed."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    found = [
        Path(entry.path)
        for entry in entries
        if "tfevents" in entry.name and entry.is_file(follow_symlinks=False)
    ]
    for entry in entries:
        if depth and len(found) < most and entry.is_dir(follow_symlinks=False):
            found += event_files(Path(entry.path), most - len(found), depth - 1)
    return found[:most]
