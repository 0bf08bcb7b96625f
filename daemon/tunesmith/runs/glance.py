"""Whether anything about a run may have changed since the last look, for the price of a few `stat` calls."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

from tunesmith.core import locks
from tunesmith.core.attempts import last_attempt
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.queue import queue_home
from tunesmith.runs.engines.table import job_of
from tunesmith.runs.ranks import exists

Marks = tuple[object, ...]
Moved = Literal["nothing", "progress", "more"]

RACY = 0.1
"""Seconds in which a folder may change twice and show one time: so young a mark is no proof of rest."""
FOLDERS = ("log", "errors", "ranks", "ends", "proof")
"""Of an attempt: a file that appears in one is told by the time of the folder."""


class Glance:
    """Remembers the marks of one run. `moved` says how much of a look is worth its price."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._attempts = run.attempts
        self._progress = run.progress
        self._queue = queue_home(os.environ)
        self._attempt: tuple[Path, ...] = ()
        """The last attempt's folder, the requests for its end and the folders in it."""
        self._numbered: int | None = None
        self._marks: Marks | None = None
        self._size = 0

    def moved(self, living: bool, pids: tuple[int, ...] = ()) -> Moved:
        """More, also when it cannot be told. `living`: what changes without a trace in the folder counts,
        too: its locks, and its processes `pids`."""
        now = time.time_ns()
        try:
            times = self._times(living)
        except (OSError, ValueError):
            times = (0,)
        signs = self._signs(pids) if living else ()
        marks = (*times, *signs)
        before, self._marks = self._marks, marks
        if max(times) > now - RACY * 1e9:
            self._marks = None
        if marks != before:
            return "more"
        return "progress" if living and self._grown() else "nothing"

    def _grown(self) -> bool:
        before, self._size = self._size, _size(self._progress)
        return before != self._size

    def _times(self, living: bool) -> tuple[int, ...]:
        folder, attempts = _time(self._run.path), _time(self._attempts)
        if not self._attempt or attempts != self._numbered:
            attempt = last_attempt(self._run)
            self._attempt = (attempt.path, *attempt.asked_to_end, *(attempt.path / name for name in FOLDERS))
            self._numbered = attempts if attempts < time.time_ns() - RACY * 1e9 else None
        attempt, *inside = self._attempt
        times = (folder, attempts, _time(attempt))
        return (*times, *(_time_if_there(each) for each in inside)) if living else times

    def _signs(self, pids: tuple[int, ...]) -> Marks:
        held = (locks.holder(self._run.lock) is None, locks.holder(self._run.supervisor_lock) is None)
        job = job_of(self._run, AttemptFolder(self._attempt[0])) if self._run.job.exists() else None
        return (_time_if_there(self._queue), *held, job, *(exists(pid) for pid in pids))


def _time(path: Path) -> int:
    return path.stat().st_mtime_ns


def _time_if_there(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
