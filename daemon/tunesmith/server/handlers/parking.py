"""Keeping the next start of those recipes ready that are open and were trained in this window."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from pathlib import Path

from tunesmith.runs.keep_parked import KeepParked, Wanted
from tunesmith.server.session import Session

EVERY = 2.0
"""Seconds between two looks. A change has to rest for as long before something is parked for it."""
AGAIN = 60.0
"""Seconds after which the launch is computed anew, though nothing that is looked at has changed."""
MEGABYTE = 1_000_000


def follow(session: Session) -> None:
    """From now on, until the session ends."""
    parking = Parking(session)
    session.on_close(parking.close)
    session.spawn(parking.follow(), "park the next starts")


class Parking:
    """Looks, and lets the work be done on a thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._keep = KeepParked()
        self._seen: Hashable = ()
        self._done: Hashable = ()
        self._trained: dict[Path, int] = {}
        self._at = 0.0

    async def follow(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            wanted = self._wanted()
            await self._look(wanted)
            ready = {recipe: self._keep.memory(recipe) for recipe in wanted}
            self._session.show_next_starts(
                {recipe: memory for recipe, memory in ready.items() if memory is not None}
            )

    async def close(self) -> None:
        self._keep.close()

    async def _look(self, wanted: dict[Path, Wanted]) -> None:
        now = self._state(wanted)
        rests, self._seen = now == self._seen, now
        if not rests or (now == self._done and (not wanted or time.monotonic() - self._at < AGAIN)):
            return
        for recipe in wanted:
            if self._trained.get(recipe) != self._session.trained[recipe]:
                self._keep.forgive(recipe)
        self._trained = dict(self._session.trained)
        await asyncio.to_thread(self._keep.keep, wanted)
        self._done = self._seen = self._state(wanted)
        self._at = time.monotonic()

    def _wanted(self) -> dict[Path, Wanted]:
        """Those trained last come first. While a run starts nothing is parked: it needs the processors."""
        session = self._session
        if not (session.options.trusted and session.options.parked_start):
            return {}
        limit = session.options.parked_memory_limit * MEGABYTE or None
        opened = session.documents.paths()
        wanted: dict[Path, Wanted] = {}
        for recipe in reversed(session.trained):
            interpreter = session.documents.interpreter(recipe.parent)
            starting = self._keep.lacks(recipe) and self._starts(recipe)
            if recipe in opened and interpreter is not None and not starting:
                wanted[recipe] = Wanted(interpreter, limit)
        return wanted

    def _starts(self, recipe: Path) -> bool:
        """Whether a run of the recipe is on its way to its first step."""
        runs = [run for run in self._session.runs.values() if run.recipe == str(recipe)]
        return any(run.state == "queued" or (run.state == "running" and not run.step) for run in runs)

    def _state(self, wanted: dict[Path, Wanted]) -> Hashable:
        """All that something is done about when it changes."""
        return tuple(
            (recipe, want, _mark(recipe), self._session.trained[recipe], self._keep.lacks(recipe))
            for recipe, want in wanted.items()
        )


def _mark(recipe: Path) -> tuple[int, int]:
    try:
        about = recipe.stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size
