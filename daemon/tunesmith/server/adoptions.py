"""Giving runs a supervisor that lost theirs: one at a time, and what fails is tried again later and later."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.supervisors import NotStarted

log = logging.getLogger(__name__)

FIRST = 10.0
"""Seconds until the second try."""
LONGEST = 600.0
"""Seconds between two tries at most."""


class Adoptions:
    """Of one session. A cause is told once, however often the run changes meanwhile."""

    def __init__(
        self,
        adopt: Callable[[RunFolder], bool],
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        tell: Callable[[str], None],
        first: float = FIRST,
    ) -> None:
        self._adopt = adopt
        self._spawn = spawn
        self._tell = tell
        self._first = first
        self._at_hand: set[Path] = set()
        self._one_at_a_time = asyncio.Lock()

    def see_to(self, runs: Iterable[RunFolder]) -> None:
        """Returns at once. A run that is seen to already is left to that."""
        for run in runs:
            if run.path not in self._at_hand:
                self._at_hand.add(run.path)
                self._spawn(self._see_to(run), f"adopt {run.id}")

    async def _see_to(self, run: RunFolder) -> None:
        pause, told = self._first, set[str]()
        try:
            while (cause := await self._try(run)) is not None:
                if (kind := _kind(cause)) not in told:
                    told.add(kind)
                    log.warning("%s could not be adopted: %s", run.path, cause)
                    self._tell(f"{run.id} has no supervisor, and could not be given one: {cause}")
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST)
        finally:
            self._at_hand.discard(run.path)

    async def _try(self, run: RunFolder) -> str | None:
        """What was in the way, if anything."""
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._adopt, run)
            except (*store.BROKEN, NotStarted) as error:
                return str(error) if run.path.is_dir() else None
        return None


def _kind(cause: str) -> str:
    """The same for two that differ in a time or a process id."""
    return re.sub(r"\d+", "", cause)
