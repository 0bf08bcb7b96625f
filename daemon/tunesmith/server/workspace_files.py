"""The files of a folder that are checked though nobody has them open: found in bounded time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tunesmith.dialects.likely import LARGEST, is_likely
from tunesmith.server.checking import is_concerned
from tunesmith.stages.recipe import SUFFIX

MOST_ENTRIES = 20_000
MOST_FILES = 200
LEFT_OUT = frozenset(("__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv"))

Mark = tuple[int, int]
"""When a file was written last, and how long it is."""


class WorkspaceFiles:
    """Remembers which files are of no interest, so that they are read once."""

    def __init__(self) -> None:
        self._nobodys: dict[Path, Mark] = {}

    def find(self, roots: Iterable[Path]) -> dict[Path, Mark]:
        """The likely ones, those near a root first."""
        found: dict[Path, Mark] = {}
        for path, mark in _files(roots):
            if self._nobodys.get(path) == mark:
                continue
            if path.name.endswith(SUFFIX) or is_likely(path, read_text(path)):
                found[path] = mark
            else:
                self._nobodys[path] = mark
            if len(found) == MOST_FILES:
                break
        return found


def read_text(path: Path) -> str:
    """Empty for what cannot be read as text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def is_left_out(path: Path, roots: Iterable[Path]) -> bool:
    """Whether no file in its folder is looked for."""
    inside = [path.relative_to(root).parts[:-1] for root in roots if path.is_relative_to(root)]
    return not any(all(map(_is_looked_into, parts)) for parts in inside)


def _is_looked_into(folder: str) -> bool:
    return not folder.startswith((".", "checkpoint-")) and folder not in LEFT_OUT


def _files(roots: Iterable[Path]) -> Iterator[tuple[Path, Mark]]:
    folders, left = list(roots), MOST_ENTRIES
    for folder in folders:
        entries = _entries(folder)
        left -= len(entries)
        if left < 0:
            return
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names:
            continue
        for entry in entries:
            if _is_folder(entry):
                if _is_looked_into(entry.name):
                    folders.append(Path(entry.path))
            elif is_concerned(Path(entry.path)) and (mark := _mark(entry)) is not None:
                yield Path(entry.path), mark


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(islice(entries, MOST_ENTRIES), key=lambda entry: entry.name)
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _mark(entry: os.DirEntry[str]) -> Mark | None:
    try:
        about = entry.stat()
    except OSError:
        return None
    # Reading a pipe would wait forever.
    is_read = stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST
    return (about.st_mtime_ns, about.st_size) if is_read else None
