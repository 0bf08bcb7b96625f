"""Memory, cores, disks and limits of this machine, as numbers."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CGROUP_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
UNLIMITED = 1 << 60


@dataclass(frozen=True)
class Machine:
    """Sizes in bytes; None where this system does not tell."""

    cores: int
    memory: int | None
    available: int | None
    shared_memory: int | None
    watches: int | None
    open_files: int


def this_machine(root: Path = Path("/")) -> Machine:
    memory, available = _memory(root)
    shm = root / "dev" / "shm"
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory=memory,
        available=available,
        shared_memory=shutil.disk_usage(shm).total if shm.is_dir() else None,
        watches=_number(root / "proc" / "sys" / "fs" / "inotify" / "max_user_watches"),
        open_files=_open_files(),
    )


def existing(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def free_space(path: Path) -> int | None:
    try:
        return shutil.disk_usage(existing(path)).free
    except OSError:
        return None


def is_writable(path: Path) -> bool:
    """Whether `path`, or the nearest folder above it that is there, takes new files: tried, for permissions
    alone do not tell. Nothing is left behind."""
    try:
        with tempfile.TemporaryFile(dir=existing(path)):
            return True
    except OSError:
        return False


def _memory(root: Path) -> tuple[int | None, int | None]:
    """What is there and what is left, with the limit of a container."""
    try:
        lines = (root / "proc" / "meminfo").read_text().splitlines()
    except OSError:
        return _memory_of_system(), None
    sizes = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    limits = (_number(root / "sys" / "fs" / "cgroup" / name) for name in CGROUP_LIMITS)
    limit = min((one for one in limits if one is not None), default=UNLIMITED)
    total, available = sizes.get("MemTotal"), sizes.get("MemAvailable")
    return (
        None if total is None else min(total, limit),
        None if available is None else min(available, limit),
    )


def _open_files() -> int:
    """-1: as many as there is memory for."""
    if sys.platform == "win32":
        return -1
    import resource

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _memory_of_system() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
