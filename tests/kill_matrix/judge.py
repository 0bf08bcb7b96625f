"""What is looked at when all is over: what the run left on disk, and how it goes on from there."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.view import RunView

from kill_matrix import checks, plan, world
from kill_matrix.cases import Case, Moment, fate
from kill_matrix.checks import Seen
from kill_matrix.played import SOON, Played, until


def judge(case: Case, folder: Path, run: RunFolder, played: Played) -> Seen | None:
    """What the run has left behind on disk; None when the libraries cannot read it."""
    saved = checks.recorded(run)
    seen = checks.inspect(run.attempt(1), saved)
    if isinstance(seen, str):
        played.wrong.append(f"the libraries cannot read it: {seen}")
        return None
    whole = fate(case).cause == "finished"
    played.wrong += checks.log_lines(folder, run, 1, case.ranks, plan.STEPS if whole else None)
    played.wrong += checks.metrics(folder, run, 1, seen, to_the_end=whole)
    played.wrong += checks.same_history(run, [seen])
    played.wrong += checks.checkpoints(run, seen)
    if case.moment is not Moment.LOADING and not saved:
        played.wrong.append("no checkpoint was recorded")
    lines = [checks.counted(folder, run, 1, rank)[0] for rank in range(case.ranks)]
    played.notes.append(f"{'+'.join(map(str, lines))} lines, {len(saved)} checkpoints")
    return seen


async def go_on(case: Case, folder: Path, run: RunFolder, before: Seen, played: Played) -> None:
    """Resume it: the curve goes on where the checkpoint was saved, and repeats to the bit what was lost."""
    await world.said("resume", run.path, "--detach")
    view = await until("the resumed run has ended", lambda: over(run))
    if (view.cause, view.attempt, view.step) != ("finished", 2, plan.STEPS):
        played.wrong.append(f"resumed, it is {view.cause} at step {view.step}: {view.message}")
        return
    after = checks.inspect(run.attempt(2), checks.recorded(run))
    if isinstance(after, str):
        played.wrong.append(f"the libraries cannot read what was resumed: {after}")
        return
    played.wrong += checks.log_lines(folder, run, 2, case.ranks, len(after.points.get(checks.LOSS, [])))
    played.wrong += checks.metrics(folder, run, 2, after, to_the_end=True)
    played.wrong += checks.same_history(run, [before, after])
    played.wrong += checks.same_curve(before, after, played.notes)


async def nothing_is_left(folder: Path, played: Played) -> None:
    """No process that the case started, whoever its parent is by now."""
    asked = time.monotonic()
    while left := world.processes(folder):
        if time.monotonic() - asked > SOON:
            played.wrong.append(f"these processes are left: {sorted(left)}")
            return
        await asyncio.sleep(0.05)


def over(run: RunFolder) -> RunView | None:
    view = store.look(run)
    return None if view.state in ("running", "queued") else view
