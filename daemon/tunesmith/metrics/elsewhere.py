"""The event files that a run's program opened anywhere, from the lists that its ranks kept.

A list is a file of a log folder, so anything may stand in it: what is no absolute path of something named
like an event file is left out, and whether it is one is for its reader to find out.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

MARK = "tfevents"
LONGEST = 1 << 20
"""Bytes of a list that are read: thousands of paths."""

Prefixed = list[tuple[Path, str]]
"""Event files, and what stands before their tags."""


class Lists:
    """The lists of all ranks of all attempts; one that did not change is not read again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Path, tuple[tuple[int, int, int], Prefixed]] = {}

    def files(self, folder: Path) -> dict[Path, str]:
        """The event files that the lists in `folder` name, with what stands before their tags.

        That is the rank if it is not 0, and the folder below the common parent of what the rank wrote.
        """
        found: dict[Path, str] = {}
        for rank, path in _lists(folder):
            above = f"rank-{rank}/" if rank else ""
            for file, below in self._read(path):
                found.setdefault(file, above + below)
        return found

    def _read(self, path: Path) -> Prefixed:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return []
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return []
            mark = (status.st_dev, status.st_ino, status.st_size)
            known = self._known.get(path)
            if known is None or known[0] != mark:
                known = mark, _prefixed(_paths(os.pread(handle, LONGEST, 0))[: self._most])
                self._known[path] = known
            return known[1]
        finally:
            os.close(handle)


def _lists(folder: Path) -> list[tuple[int, Path]]:
    """The lists by rank."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    names = [(path.stem.removeprefix("rank-"), path) for path in folder.glob("rank-*.jsonl")]
    return sorted((int(rank), path) for rank, path in names if rank.isdecimal() and len(rank) < 7)


def _paths(data: bytes) -> list[Path]:
    """The paths in the whole lines of `data`."""
    paths: list[Path] = []
    for line in data.split(b"\n")[:-1]:
        try:
            name = json.loads(line)["path"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if isinstance(name, str) and _is_one(name):
            # POSIX keeps two slashes at the beginning apart from one; the systems here do not.
            paths.append(Path(os.path.normpath("/" + name.lstrip("/"))))
    return list(dict.fromkeys(paths))


def _is_one(name: str) -> bool:
    return name.startswith("/") and MARK in name.rpartition("/")[2] and name.isprintable()


def _prefixed(files: list[Path]) -> Prefixed:
    if not files:
        return []
    top = Path(os.path.commonpath([file.parent for file in files]))
    places = [(file, file.parent.relative_to(top).as_posix()) for file in files]
    return [(file, "" if below == "." else f"{below}/") for file, below in places]
