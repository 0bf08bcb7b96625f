"""One case from its start to its judgement."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from daemon_client import DaemonClient, daemon
from tunesmith.core.layout import RunFolder
from tunesmith.runs import store
from tunesmith.runs.view import RunView

from kill_matrix import checks, plan, victims, world
from kill_matrix.cases import WATCHERS, Case, Moment, Victim, fate
from kill_matrix.checks import Seen

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds for whatever a busy machine is slow at; no case is judged by it."""
SOON = 2.0
"""Seconds after which whoever looks must see what is so."""


@dataclass
class Played:
    """`wrong` is empty for a case that holds; `notes` are the figures worth printing."""

    wrong: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])


async def play(case: Case, folder: Path) -> Played:
    played = Played()
    recipe = world.furnish(folder, case)
    async with AsyncExitStack() as stack:
        client = await watcher(stack, folder) if case.victim in WATCHERS else None
        run = await start(recipe, client)
        at = await moment(case, folder, run, client)
        victim = await until("the victim is there", lambda: victims.find(case.victim, run, pid_of(client)))
        os.kill(victim, signal.SIGKILL)
        await until("it is gone", lambda: victims.is_gone(victim))
        if client is not None:
            client = await watchers_end(case, folder, run, client, stack, played)
        else:
            await look_after(case, folder, run, played)
        (folder / plan.GATE).touch()
        await ended(case, run, at, played)
        if client is not None:
            await all_is_shown(client, run, played)
    seen = judge(case, folder, run, played)
    if seen is not None and fate(case).cause != "finished" and checks.recorded(run):
        await go_on(case, folder, run, seen, played)
    await nothing_is_left(folder, played)
    return played


async def watcher(stack: AsyncExitStack, folder: Path) -> DaemonClient:
    """A daemon as an editor has it."""
    options = {"trusted": True, "trainingInterpreter": world.python()}
    return await stack.enter_async_context(daemon(folder, **options))


async def start(recipe: Path, client: DaemonClient | None) -> RunFolder:
    """By the daemon when one is there, else by the command line. The metrics of the first are watched."""
    folder = recipe.parent
    if client is None:
        words = world.command("run", recipe, "--interpreter", world.python(), "--detach")
        await said(words)
        return world.only_run(folder)
    started = await client.request("tunesmith/runs/start", {"recipe": str(recipe)})
    if started["run"] is None:
        raise RuntimeError(f"the recipe was refused: {started['problems']}")
    await client.request("tunesmith/metrics/subscribe", {"runId": started["run"]["id"]})
    return world.only_run(folder)


async def moment(case: Case, folder: Path, run: RunFolder, client: DaemonClient | None) -> RunView:
    """Wait for it; all victims are there by then."""

    def reached() -> RunView | None:
        view = store.look(run)
        if view.state not in ("running", "queued"):
            raise RuntimeError(f"it ended too early: {view.cause}, {view.message}")
        there = all(run.attempt(1).rank_record(rank).exists() for rank in range(case.ranks))
        now = {
            Moment.LOADING: view.phase == "loading",
            Moment.STEPPING: view.phase == "training" and plan.KILL_FROM <= view.step < plan.HOLD,
            Moment.SAVING: view.phase == "saving" and (folder / plan.TORN).exists(),
        }
        return view if there and now[case.moment] else None

    return await until(f"the run is {case.moment.value}", reached)


async def look_after(case: Case, folder: Path, run: RunFolder, played: Played) -> None:
    """What somebody sees who looks right after the kill, and what a look mends."""
    if fate(case).cause != "finished":
        return
    view = store.look(run)
    if view.state != "running" or view.supervised != (case.victim is not Victim.SUPERVISOR):
        played.wrong.append(f"right after the kill it is {view.state}, supervised: {view.supervised}")
    if case.victim is Victim.SUPERVISOR:
        asked = time.monotonic()
        (listed,) = json.loads(await said(world.command("runs", folder, "--json")))
        if listed["state"] != "running":
            played.wrong.append(f"`tunesmith runs` says that it is {listed['state']}")
        await until("a supervisor has adopted it", lambda: store.look(run).supervised)
        seconds = time.monotonic() - asked
        played.notes.append(f"adopted after {seconds:.1f} s")


async def watchers_end(
    case: Case, folder: Path, run: RunFolder, client: DaemonClient, stack: AsyncExitStack, played: Played
) -> DaemonClient:
    """The next daemon, or the next metrics process, shows it all within moments. Returns whom to ask now."""
    if case.victim is Victim.DAEMON:
        await client.process.wait()
        await until("nothing of the daemon is left", lambda: only_the_run(folder, run))
        client = await watcher(stack, folder)
    asked = time.monotonic()
    listed = await client.request("tunesmith/runs/list", {"folders": [str(folder)]})
    if [one["state"] for one in listed["runs"]] != ["running"]:
        played.wrong.append(f"the list says: {listed['runs']}")
    seconds = time.monotonic() - asked
    if seconds > SOON:
        played.wrong.append(f"the run was listed after {seconds:.1f} s")
    await client.request("tunesmith/metrics/subscribe", {"runId": run.id})
    played.notes.append(f"listed after {seconds:.1f} s, drawn after {time.monotonic() - asked:.1f} s")
    return client


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


def over(run: RunFolder) -> RunView | None:
    view = store.look(run)
    return None if view.state in ("running", "queued") else view


async def all_is_shown(client: DaemonClient, run: RunFolder, played: Played) -> None:
    """The dashboard's whole curve, asked of the daemon."""
    snapshot = await client.request("tunesmith/metrics/subscribe", {"runId": run.id})
    steps = {series["tag"]: series["steps"] for series in snapshot["series"]}.get(checks.LOSS)
    if steps != list(range(1, plan.STEPS + 1)):
        played.wrong.append(f"the daemon shows the loss at these steps: {steps}")


async def nothing_is_left(folder: Path, played: Played) -> None:
    """No process that the case started, whoever its parent is by now."""
    asked = time.monotonic()
    while left := world.processes(folder):
        if time.monotonic() - asked > SOON:
            played.wrong.append(f"these processes are left: {sorted(left)}")
            return
        await asyncio.sleep(0.05)


def only_the_run(folder: Path, run: RunFolder) -> bool:
    supervisor = victims.find(Victim.SUPERVISOR, run, None)
    return world.processes(folder) <= victims.in_session(run) | {supervisor or 0}


async def go_on(case: Case, folder: Path, run: RunFolder, before: Seen, played: Played) -> None:
    """Resume it: the curve goes on where the checkpoint was saved, and repeats to the bit what was lost."""
    await said(world.command("resume", run.path, "--detach"))
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


def judge(case: Case, folder: Path, run: RunFolder, played: Played) -> Seen | None:
    """What the run has left behind on disk."""
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


async def said(words: list[str]) -> bytes:
    """What the command printed."""
    return (await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)).stdout


def pid_of(client: DaemonClient | None) -> int | None:
    return None if client is None else client.process.pid


async def until(what: str, condition: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"never seen within {PATIENCE:.0f} s: {what}")
        await asyncio.sleep(0.02)
    return value
