"""The way of a launched run under the debugger: a session for each rank as it starts, told as progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.dap.channel import Channel
from tunesmith.dap.ending import ending
from tunesmith.dap.ranks import Rank, living
from tunesmith.dap.starting import Starting

LOOK_EVERY = 0.2
"""Seconds; the client is told of the progress from the second look on, when it shows the session."""

LAST_WORDS = 5.0
"""Seconds for the end of a run to be written down after its last rank is gone."""

PROGRESS = {"progressId": "start"}


class BringIn:
    def __init__(
        self,
        client: Channel,
        run: RunFolder,
        attempt: AttemptFolder,
        tells_progress: bool,
        open_session: Callable[[Rank], None],
    ) -> None:
        self._client = client
        self._run = run
        self._attempt = attempt
        self._tells_progress = tells_progress
        self._open_session = open_session
        self._starting = Starting(expected_ranks(run))
        self._told: str | None = None

    def ready(self, rank: int) -> None:
        """The debugger has this rank, or never will: it is waited for no more."""
        self._starting.ready.add(rank)

    async def run(self) -> str | None:
        """Returns when all ranks are under the debugger; or, in words, why the run has ended first."""
        try:
            while not self._starting.done:
                for rank in living(self._run):
                    if rank.number not in self._starting.started:
                        self._starting.started.add(rank.number)
                        self._open_session(rank)
                if (end := ending(self._run, self._attempt)) is not None:
                    return end
                await asyncio.sleep(LOOK_EVERY)
                self._tell(self._starting.words())
            return None
        finally:
            if self._told is not None:
                self._client.event("progressEnd", PROGRESS)

    async def last_words(self) -> str | None:
        """How the run ended whose last session has just gone; None when a rank lives on."""
        for _ in range(round(LAST_WORDS / LOOK_EVERY)):
            if (end := ending(self._run, self._attempt)) is not None or living(self._run):
                return end
            await asyncio.sleep(LOOK_EVERY)
        return None

    def _tell(self, words: str) -> None:
        if not self._tells_progress or words == self._told:
            return
        if self._told is None:
            title = {"title": "Starting under the debugger", "cancellable": True}
            self._client.event("progressStart", {**PROGRESS, **title, "message": words})
        else:
            self._client.event("progressUpdate", {**PROGRESS, "message": words})
        self._told = words


def expected_ranks(run: RunFolder) -> int:
    return RunSpec.from_json(run.spec.read_text(encoding="utf-8")).num_processes
