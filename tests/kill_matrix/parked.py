"""A start that is parked ahead of the run, as a daemon parks it for an open recipe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from trainer import training_interpreter
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.parked import ParkedFolder, read_start
from tunesmith.runs.park import Parked, park

from kill_matrix import victims, world
from kill_matrix.cases import Case, Moment, Victim
from kill_matrix.played import Played, until


@asynccontextmanager
async def parked(recipe: Path) -> AsyncIterator[Parked]:
    """All its ranks wait."""
    start = await asyncio.to_thread(park, recipe, training_interpreter())

    def ready() -> bool:
        if not start.alive:
            raise RuntimeError(f"the parked start has ended: {start.folder.path}")
        return start.ready

    try:
        await until("the ranks wait for the go", ready)
        yield start
    finally:
        start.release()


async def kill(case: Case, folder: Path, start: Parked, played: Played) -> None:
    """Of what was parked nothing may be left, and nobody may take it for a start."""
    victim = find(case.victim, start.folder)
    assert victim is not None, "it was ready"
    await victims.kill(victim)
    asked = time.monotonic()
    await until("nothing of it is left", lambda: not world.processes(folder))
    played.notes.append(f"all of it gone after {time.monotonic() - asked:.1f} s")


def find(victim: Victim, folder: ParkedFolder) -> int | None:
    if victim not in (Victim.RANK_0, Victim.RANK_1):
        return victims.find(victim, folder.run)
    waiting = read_json(folder.ready(0 if victim is Victim.RANK_0 else 1))
    return None if waiting is None else int(waiting["pid"])


def was_used(case: Case, run: RunFolder, played: Played) -> None:
    """Whether the run goes on from what was parked, and does not from what is dead."""
    used = read_start(ParkedFolder(run.path)) is not None
    if used == (case.moment is Moment.WAITING):
        played.wrong.append(f"the run {'went on from' if used else 'did not use'} the parked start")
