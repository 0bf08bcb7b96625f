"""Noticing that runs changed, whoever changed them, by looking at their folders now and then."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.glance import RACY, Glance
from tunesmith.runs.progress import Recent
from tunesmith.runs.view import RunView

log = logging.getLogger(__name__)

LIVELY = 0.4
"""Seconds between two looks while a run lives."""
QUIET = 1.5
"""Seconds between two looks at runs that have ended: somebody may go on with one, or remove it."""
FULL = 5.0
"""Seconds after which a living run is looked at in full whatever a glance says: some things only time
changes."""
LOOK_SHARE = 0.004
"""How much of a core may go into looking, as long as nothing is seen later than after `QUIET`."""
SEARCH_SHARE = 0.005
"""How much of the time may go into searching the folders for runs that were started elsewhere."""
SEARCH_PAUSE = 5.0


@dataclass(frozen=True)
class Changes:
    """Runs that are new or look different, and the ids of those that are gone."""

    runs: list[RunView]
    removed: list[str]


@dataclass
class Watched:
    """One run: how it looked, and what tells cheaply whether it looks different now."""

    run: RunFolder
    glance: Glance
    recent: Recent
    view: RunView | None = None
    looked: float = 0.0
    told: bool = True
    complained: bool = False

    @property
    def living(self) -> bool:
        return self.view is not None and self.view.state in ("running", "queued")


@dataclass
class Home:
    """A `.tunesmith/runs` and the runs in it, listed again when the folder changed."""

    path: Path
    listed: int = 0
    runs: list[RunFolder] = field(default_factory=list[RunFolder])

    def list(self) -> list[RunFolder]:
        now = time.time_ns()
        try:
            changed = self.path.stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed == 0 or changed != self.listed:
            self.runs = store.runs_in(self.path)
            self.listed = changed if changed < now - RACY * 1e9 else 0
        return self.runs


class Watcher:
    """Looks at all runs in or below some folders and tells what changed since the last look."""

    def __init__(self, folders: Callable[[], Iterable[Path]]) -> None:
        self._folders = folders
        self._homes: dict[Path, Home] = {}
        self._found: list[Path] = []
        self._added: tuple[Path, ...] = ()
        self._runs: dict[str, Watched] = {}
        self._removed: list[str] = []
        self._searched = 0.0
        self._next_search = 0.0
        self._looking = threading.Lock()

    async def changes(self) -> AsyncIterator[Changes]:
        """What changed, as it is noticed; the first one tells of all runs there are. Ends never."""
        next_full = 0.0
        while True:
            begun = time.monotonic()
            all_of_them = begun >= next_full
            if all_of_them:
                next_full = begun + QUIET
            changed, cost = await asyncio.to_thread(self._timed, all_of_them)
            if changed.runs or changed.removed:
                yield changed
            lively = any(watched.living for watched in self._runs.copy().values())
            await asyncio.sleep(min(QUIET, max(LIVELY, cost / LOOK_SHARE)) if lively else QUIET)

    def look(self, all_of_them: bool = True) -> Changes:
        """Look once, at the living alone if not at `all_of_them`. Blocks for as long as the disk takes."""
        with self._looking:
            if all_of_them:
                self._look_at_all()
            else:
                self._look_at([watched for watched in self._runs.values() if watched.living])
            untold = [watched for watched in self._runs.values() if watched.view and not watched.told]
            for watched in untold:
                watched.told = True
            removed, self._removed = self._removed, []
            return Changes([watched.view for watched in untold if watched.view], removed)

    def views(self, folders: Iterable[Path]) -> list[RunView]:
        """All runs in or below those folders as they are now, newest first. What changed is told as well."""
        with self._looking:
            if time.monotonic() - self._searched > LIVELY:
                self._next_search = 0.0
            self._look_at_all()
            asked = [folder.resolve() for folder in folders]
            homes = {
                home
                for home in (*self._found, *self._added)
                if any(home.resolve().is_relative_to(folder) for folder in asked)
            }
            found = [each.view for each in self._runs.values() if each.view and each.run.path.parent in homes]
        return sorted(found, key=lambda view: (view.created, view.id), reverse=True)

    def add(self, home: Path) -> None:
        """Watch this `.tunesmith/runs` from the next look on, without waiting for a search to find it.

        Called while a look goes on in its thread.
        """
        if home not in self._added:
            self._added = (*self._added, home)

    def _timed(self, all_of_them: bool) -> tuple[Changes, float]:
        begun = time.thread_time()
        return self.look(all_of_them), time.thread_time() - begun

    def _look_at_all(self) -> None:
        self._search()
        homes = [self._homes.setdefault(path, Home(path)) for path in (*self._found, *self._added)]
        runs = {run.id: run for home in homes for run in home.list()}
        for gone in [run_id for run_id in self._runs if run_id not in runs]:
            if self._runs.pop(gone).view is not None:
                self._removed.append(gone)
        for run in runs.values():
            known = self._runs.get(run.id)
            if known is None or known.run != run:
                self._runs[run.id] = Watched(run, Glance(run), Recent(run.progress))
        self._look_at(self._runs.values())

    def _look_at(self, runs: Iterable[Watched]) -> None:
        for watched in runs:
            pids = tuple(rank.pid for rank in watched.view.ranks if rank.alive) if watched.view else ()
            moved = watched.glance.moved(watched.living, pids)
            overdue = watched.living and time.monotonic() - watched.looked > FULL
            if moved == "more" or overdue or (moved == "progress" and not _progressed(watched)):
                _look_in_full(watched)

    def _search(self) -> None:
        if time.monotonic() < self._next_search:
            return
        begun = time.monotonic()
        self._found = store.homes(self._folders())
        self._searched = time.monotonic()
        took = self._searched - begun
        self._next_search = self._searched + max(SEARCH_PAUSE, took / SEARCH_SHARE)


def _progressed(watched: Watched) -> bool:
    """Whether nothing but its progress had to be read."""
    view = watched.view and store.progressed(watched.view, watched.recent)
    if view is not None:
        watched.told, watched.view = False, view
    return view is not None


def _look_in_full(watched: Watched) -> None:
    watched.looked = time.monotonic()
    try:
        view = store.look(watched.run, watched.recent)
    except store.BROKEN as error:
        if not watched.complained:
            log.warning("%s is no run folder that can be read: %r", watched.run.path, error)
        watched.complained = True
        return
    watched.told = watched.told and watched.view is not None and watched.view.looks_like(view)
    watched.view, watched.complained = view, False
