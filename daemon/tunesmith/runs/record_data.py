"""What a run learns from, told apart by content: a fingerprint of every file and folder that it names.

A start waits for it only as long as it takes to ask git as well. Small files are read whole, large ones at
places that are spread over them, so that a terabyte costs what a few megabytes do; what is not read when the
time is up is known by size and time of change alone, and says so.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tunesmith.core.section import marker
from tunesmith.facts.located import located
from tunesmith.facts.model_folder import hub_folder

WHOLE = 8 * 1024 * 1024
"""A file of at most so many bytes is read whole."""
WHOLE_IN_ALL = 32 * 1024 * 1024
"""Bytes of a run that are read whole; files after that are sampled, in an order that is always the same."""
BLOCK, BLOCKS = 64 * 1024, 32
"""A large file is read in so many blocks of so many bytes, the first and the last among them."""
MOST_FILES = 500
"""Files of a folder that are looked at."""
LIMIT = 0.2
"""Seconds that a start waits for it at most, after git has answered; then it is taken as it stands."""
OWN = (".git", ".tunesmith", "__pycache__")

Read = Literal["whole", "sample", "nothing"]
Named = Mapping[str, "Path | str"]
"""What a recipe names, by the key that names it: a place on this disk, or the id of a model of a hub."""


@dataclass(frozen=True)
class Fingerprint:
    """`hash` is of the content as far as `read` says; of a folder also of its names. `size` in bytes;
    `modified` in seconds since the epoch: the newest of a folder's files."""

    path: str
    files: int = 0
    size: int = 0
    modified: float = 0.0
    read: Read = "nothing"
    hash: str | None = None
    revision: str | None = None
    """Of a model of a hub: the commit in the local cache."""


class DataReading:
    """Reads in a thread of its own, beside whatever the start of a run does meanwhile."""

    def __init__(self, named: Named, environment: Mapping[str, str] = os.environ) -> None:
        self._found = {key: Fingerprint(str(place)) for key, place in sorted(named.items())}
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self._read, args=(dict(named), environment), name="fingerprint the data", daemon=True
        )
        self._thread.start()

    def result(self, limit: float) -> dict[str, dict[str, Any]]:
        """What is known once all is read, or after `limit` seconds."""
        self._thread.join(limit)
        self._over.set()
        with self._lock:
            return {key: asdict(found) for key, found in self._found.items()}

    def _read(self, named: Named, environment: Mapping[str, str]) -> None:
        budget = WHOLE_IN_ALL
        for key, place in sorted(named.items()):
            if isinstance(place, str):
                self._say(key, Fingerprint(place, revision=_revision(place, environment)))
                continue
            files = _files(place)
            known = _by_size(place, files)
            self._say(key, known)
            digest, budget, sampled = _content(files, budget, self._over)
            if self._over.is_set():
                return
            if files:
                self._say(key, replace(known, read="sample" if sampled else "whole", hash=digest))

    def _say(self, key: str, found: Fingerprint) -> None:
        with self._lock:
            if not self._over.is_set():
                self._found[key] = found


def named_data(config: Any, folder: Path) -> dict[str, Path | str]:
    """The files, folders and models that a stage's configuration names, as seen from the recipe's folder."""
    found = dict(_marked(config, folder, ""))
    for key, value in getattr(config, "args", {}).items():
        for place in _existing(value, folder):
            found[f"args.{key}"] = place
    return found


def _marked(value: Any, folder: Path, above: str) -> Iterator[tuple[str, Path | str]]:
    if not dataclasses.is_dataclass(value):
        return
    for field in dataclasses.fields(value):
        key, inner = f"{above}{field.name}", getattr(value, field.name)
        kind = marker(field).path
        if kind is None:
            yield from _marked(inner, folder, f"{key}.")
        elif isinstance(inner, str) and inner and "\0" not in inner:
            place = Path(os.path.normpath(located(folder, inner)))
            yield key, inner if kind == "model" and not place.is_dir() else place


def _existing(value: object, folder: Path) -> Iterator[Path]:
    """What an argument of the user's own script names, if it is a file or folder that is there; not a folder
    that holds the recipe itself."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and 0 < len(one) < 1024 and "\0" not in one:
            place = Path(os.path.normpath(located(folder, one)))
            holds = folder.resolve().is_relative_to(place.resolve())
            if not holds and os.path.exists(place):  # noqa: PTH110 - Path raises for a long name
                yield place


def _files(place: Path) -> list[tuple[str, Path, os.stat_result]]:
    """The regular files at `place` with their names in it, sorted; links inside lead to files only."""
    try:
        about = place.stat()
    except OSError:
        return []
    if stat.S_ISREG(about.st_mode):
        return [("", place, about)]
    found: list[tuple[str, Path, os.stat_result]] = []
    for above, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in OWN)
        for name in sorted(names):
            path = Path(above, name)
            try:
                about = path.stat()
            except OSError:
                continue
            if stat.S_ISREG(about.st_mode):
                found.append((path.relative_to(place).as_posix(), path, about))
            if len(found) == MOST_FILES:
                return found
    return found


def _by_size(place: Path, files: list[tuple[str, Path, os.stat_result]]) -> Fingerprint:
    sizes = [about.st_size for _, _, about in files]
    modified = max((about.st_mtime for _, _, about in files), default=0.0)
    return Fingerprint(str(place), len(files), sum(sizes), modified)


def _content(
    files: list[tuple[str, Path, os.stat_result]], budget: int, over: threading.Event
) -> tuple[str, int, bool]:
    """The hash of names and contents, what is left of the budget, and whether anything was only sampled."""
    digest = hashlib.sha256()
    sampled = False
    for name, path, about in files:
        whole = about.st_size <= min(WHOLE, budget)
        sampled = sampled or not whole
        budget -= about.st_size if whole else 0
        digest.update(f"{len(os.fsencode(name))} {about.st_size} ".encode() + os.fsencode(name))
        try:
            with open(path, "rb", opener=_opener) as file:
                for offset in _offsets(about.st_size, whole):
                    if over.is_set():
                        break
                    file.seek(offset)
                    digest.update(file.read(BLOCK))
        except OSError as error:
            digest.update(f"unreadable {error.errno}".encode())
    return digest.hexdigest(), budget, sampled


def _offsets(size: int, whole: bool) -> list[int]:
    if whole:
        return list(range(0, size, BLOCK))
    return [(size - BLOCK) * block // (BLOCKS - 1) for block in range(BLOCKS)]


def _opener(path: str, flags: int) -> int:
    # A pipe that took the place of a file would be waited for.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _revision(name: str, environment: Mapping[str, str]) -> str | None:
    folder = hub_folder(name, environment)
    try:
        return None if folder is None else (folder / "refs" / "main").read_text("utf-8").strip()[:64]
    except (OSError, ValueError):
        return None
