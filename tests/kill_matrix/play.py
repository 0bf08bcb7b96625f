"""One case from its start to its judgement."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from memory_group import MemoryGroup, NoGroup, memory_group
from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.view import RunView

from kill_matrix import plan, victims, world
from kill_matrix.cases import EDITOR, WATCHERS, Case, Moment, Start, Victim, fate
from kill_matrix.judge import go_on, judge, nothing_is_left, over
from kill_matrix.onlookers import CommandLine, Onlooker, editor
from kill_matrix.parked import kill as kill_parked
from kill_matrix.parked import parked, was_used
from kill_matrix.played import SOON, Played, until
from kill_matrix.window import window

LEFT_TO_EAT = 256 << 20
"""Bytes that the ranks may still take when one begins to eat all there is."""


async def play(case: Case, folder: Path) -> Played:
    if case.victim is not Victim.HUNGRY:
        return await play_in(None, case, folder)
    try:
        with memory_group("tunesmith-kill") as group, group.inside():
            return await play_in(group, case, folder)
    except NoGroup as why:
        return Played(skipped=str(why))


async def play_in(group: MemoryGroup | None, case: Case, folder: Path) -> Played:
    played = Played()
    recipe = world.furnish(folder, case)
    async with AsyncExitStack() as stack:
        start = await stack.enter_async_context(parked(recipe)) if case.start is Start.PARKED else None
        if start is not None and case.moment is Moment.WAITING:
            await kill_parked(case, folder, start, played)
        onlooker = await stack.enter_async_context(onlooker_of(case, folder))
        run = await onlooker.start(recipe)
        if start is not None:
            was_used(case, run, played)
        at = await moment(case, folder, run)
        if group is not None:
            await starve(group, case, folder, run)
        elif case.moment is not Moment.WAITING:
            await onlooker.kill(run)
        await onlooker.look(run, played)
        (folder / plan.GATE).touch()
        await ended(case, run, at, played)
        await onlooker.look_at_the_end(run, played)
    seen = judge(case, folder, run, played)
    if seen is not None and fate(case).cause != "finished" and seen.tensors:
        await go_on(case, folder, run, seen, played)
    await nothing_is_left(folder, played)
    return played


def onlooker_of(case: Case, folder: Path) -> AbstractAsyncContextManager[Onlooker]:
    """A run that an editor started is looked at by one; all others by the command line."""
    if case.victim in EDITOR:
        return window(case, folder)
    return editor(case, folder) if case.victim in WATCHERS else nobody(case, folder)


@asynccontextmanager
async def nobody(case: Case, folder: Path) -> AsyncIterator[Onlooker]:
    yield CommandLine(case, folder)


async def moment(case: Case, folder: Path, run: RunFolder) -> RunView:
    """Wait for it; all victims are there by then."""

    def reached() -> RunView | None:
        view = store.look(run)
        if view.state not in ("running", "queued"):
            raise RuntimeError(f"it ended too early: {view.cause}, {view.message}")
        there = all(run.attempt(1).rank_record(rank).exists() for rank in range(case.ranks))
        now = {
            Moment.WAITING: view.phase == "training",
            Moment.LOADING: view.phase == "loading",
            Moment.STEPPING: view.phase == "training" and plan.KILL_FROM <= view.step < plan.HOLD,
            Moment.SAVING: view.phase == "saving" and (folder / plan.TORN).exists(),
        }
        return view if there and now[case.moment] else None

    return await until(f"the run is {case.moment.value}", reached)


async def starve(group: MemoryGroup, case: Case, folder: Path, run: RunFolder) -> None:
    """Have the last rank eat, and the system end it for that."""
    victim = await until("the victim is there", lambda: victims.rank(run, case.ranks - 1))
    group.limit(group.used() + LEFT_TO_EAT)
    hungry = folder / plan.HUNGRY
    hungry.write_text(str(case.ranks - 1))
    await until("the system has ended it", lambda: victims.is_gone(victim))
    hungry.unlink()
    group.lift()


async def ended(case: Case, run: RunFolder, at: RunView, played: Played) -> None:
    """Wait until nothing of its launch lives; from then on the state must be right soon."""
    await until("its processes have ended", lambda: not victims.in_session(run))
    gone = time.monotonic()
    view = await until("it has ended", lambda: over(run))
    seconds = time.monotonic() - gone
    played.notes.append(f"at step {at.step}, {view.cause} {seconds:.1f} s after its last process")
    if seconds > SOON:
        played.wrong.append(f"its end was known {seconds:.1f} s after its last process had ended")
    expected = fate(case)
    message = view.message or ""
    if view.cause != expected.cause or not message.startswith(expected.message or ""):
        played.wrong.append(f"it is told as {view.cause}: {message}")
