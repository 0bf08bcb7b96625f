"""A control group with little memory, for tests of what the system does then (Linux, as root)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tunesmith.supervise import memory

GROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
PATIENCE = 30.0


class NoGroup(Exception):
    """This machine lets nobody make such a group; says why."""


@dataclass(frozen=True)
class Names:
    """What the files of a group are called in the two versions of control groups."""

    limit: str
    with_swap: str
    used: str
    no_limit: str


FIRST = Names("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.usage_in_bytes", "-1")
SECOND = Names("memory.max", "memory.swap.max", "memory.current", "max")


@dataclass(frozen=True)
class MemoryGroup:
    folder: Path
    names: Names

    def used(self) -> int:
        return int((self.folder / self.names.used).read_text())

    def limit(self, size: int) -> None:
        """From now on its processes have this many bytes together: nothing of them is swapped out."""
        (self.folder / self.names.limit).write_text(str(size))
        swap = self.folder / self.names.with_swap
        if swap.exists():
            swap.write_text(str(size) if self.names is FIRST else "0")

    def lift(self) -> None:
        """They have all that the machine has."""
        swap = self.folder / self.names.with_swap
        for file in (swap, self.folder / self.names.limit):
            if file.exists():
                file.write_text(self.names.no_limit)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this process starts meanwhile stays in the group."""
        before = home()
        enter(self.folder)
        try:
            yield
        finally:
            enter(before)


@contextmanager
def memory_group(name: str) -> Iterator[MemoryGroup]:
    """Made below the first group that lets it; raises NoGroup. Its processes must have ended by the end."""
    group = make(f"{name}-{os.getpid()}")
    try:
        yield group
    finally:
        remove(group.folder)


def make(name: str) -> MemoryGroup:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoGroup("only root can make a control group, on Linux")
    try:
        own = home()
    except (OSError, ValueError) as error:
        raise NoGroup(f"this machine counts nobody's memory: {error}") from error
    names = FIRST if (own / FIRST.limit).exists() else SECOND
    why = ""
    for above in (own, *own.parents):
        if not above.is_relative_to(GROUPS):
            break
        folder = above / name
        try:
            folder.mkdir()
            if (folder / names.limit).exists():
                return MemoryGroup(folder, names)
            folder.rmdir()
            why = f"{above} hands no memory controller down"
        except OSError as error:
            why = f"{folder}: {error.strerror}"
    raise NoGroup(f"this machine lets nobody make a control group for memory: {why}")


def home() -> Path:
    """The group of this process whose memory is counted."""
    return memory.counter(OWN.read_text(), GROUPS).parent


def enter(folder: Path) -> None:
    (folder / "cgroup.procs").write_text(str(os.getpid()))


def remove(folder: Path) -> None:
    """A group goes once its last process is gone, which may take a moment after its end."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            folder.rmdir()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
