"""Noticing that runs changed, whoever changed them, by looking at their folders now and then."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.view import RunView

log = logging.getLogger(__name__)

LIVELY = 0.4
"""Seconds between two looks while a run lives."""
QUIET = 1.5
"""Seconds between two looks while none does: then a look costs two `stat` calls a run."""
SEARCH_SHARE = 0.005
"""How much of the time may go into searching the folders for runs that were started elsewhere."""
SEARCH_PAUSE = 5.0

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Changes:
    """Runs that are new or look different, and the ids of those that are gone."""

    runs: list[RunView]
    removed: list[str]


class Watcher:
    """Looks at all runs in or below some folders and tells what changed since the last look."""

    def __init__(self, folders: Callable[[], Iterable[Path]]) -> None:
        self._folders = folders
        self._found: list[Path] = []
        self._added: tuple[Path, ...] = ()
        self._views: dict[str, RunView] = {}
        self._stamps: dict[str, Stamp] = {}
        self._next_search = 0.0

    async def changes(self) -> AsyncIterator[Changes]:
        """What changed, as it is noticed; the first one tells of all runs there are. Ends never."""
        while True:
            changed = await asyncio.to_thread(self.look)
            if changed.runs or changed.removed:
                yield changed
            lively = any(view.state in ("running", "queued") for view in self._views.values())
            await asyncio.sleep(LIVELY if lively else QUIET)

    def look(self) -> Changes:
        """Look once. Blocks for as long as the disk takes."""
        self._search()
        runs = {run.id: run for home in (*self._found, *self._added) for run in store.runs_in(home)}
        removed = [run_id for run_id in self._views if run_id not in runs]
        for run_id in removed:
            del self._views[run_id]
            self._stamps.pop(run_id, None)
        return Changes([view for run in runs.values() if (view := self._changed(run))], removed)

    def add(self, home: Path) -> None:
        """Watch this `.tunesmith/runs` from the next look on, without waiting for a search to find it.

        Called while a look goes on in its thread.
        """
        if home not in self._added:
            self._added = (*self._added, home)

    def _changed(self, run: RunFolder) -> RunView | None:
        known = self._views.get(run.id)
        before, self._stamps[run.id] = self._stamps.get(run.id), _stamp(run)
        at_rest = known is None or known.state not in ("running", "queued")
        if at_rest and self._stamps[run.id] == before:
            return None
        view = store.try_look(run)
        if view is None:
            return None
        self._views[run.id] = view
        return None if known is not None and known.looks_like(view) else view

    def _search(self) -> None:
        if time.monotonic() < self._next_search:
            return
        begun = time.monotonic()
        self._found = store.homes(self._folders())
        took = time.monotonic() - begun
        self._next_search = time.monotonic() + max(SEARCH_PAUSE, took / SEARCH_SHARE)


def _stamp(run: RunFolder) -> Stamp:
    """Changes when an attempt is added, or a file of the last one appears: how it started, how it ended."""
    try:
        return run.attempts.stat().st_mtime_ns, store.last_attempt(run).path.stat().st_mtime_ns
    except OSError:
        return 0, 0
