"""Who starts a run and looks at it: a person at the command line, or the daemon that an editor has.

Each finds, ends and replaces what belongs to it; the third one, `window`, is the editor itself.
"""

from __future__ import annotations

import base64
import json
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

from daemon_client import DaemonClient, daemon
from tunesmith.core.layout import RunFolder
from tunesmith.runs import store

from kill_matrix import checks, plan, victims, world
from kill_matrix.cases import Case, Moment, Victim, fate
from kill_matrix.played import SOON, Played, until


class Onlooker(Protocol):
    async def start(self, recipe: Path) -> RunFolder: ...

    async def kill(self, run: RunFolder) -> None:
        """End the victim of the case."""
        ...

    async def look(self, run: RunFolder, played: Played) -> None:
        """What is seen right after the kill."""
        ...

    async def look_at_the_end(self, run: RunFolder, played: Played) -> None:
        """What is seen when the run has ended."""
        ...


class CommandLine:
    """Somebody who has no editor open."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._case = case
        self._folder = folder

    async def start(self, recipe: Path) -> RunFolder:
        await world.said("run", recipe, "--interpreter", world.python(), "--detach")
        return world.only_run(self._folder)

    async def kill(self, run: RunFolder) -> None:
        victim = self._case.victim
        await victims.kill(await until("the victim is there", lambda: victims.find(victim, run)))

    async def look(self, run: RunFolder, played: Played) -> None:
        """A look shows what is so; a look at a run without a supervisor gives it one."""
        if fate(self._case).cause != "finished":
            return
        alone = self._case.victim is Victim.SUPERVISOR and self._case.moment is not Moment.WAITING
        view = store.look(run)
        if view.state != "running" or view.supervised == alone:
            played.wrong.append(f"right after the kill it is {view.state}, supervised: {view.supervised}")
        if alone:
            asked = time.monotonic()
            (listed,) = json.loads(await world.said("runs", self._folder, "--json"))
            if listed["state"] != "running":
                played.wrong.append(f"`tunesmith runs` says that it is {listed['state']}")
            await until("a supervisor has adopted it", lambda: store.look(run).supervised)
            played.notes.append(f"adopted after {time.monotonic() - asked:.1f} s")

    async def look_at_the_end(self, run: RunFolder, played: Played) -> None:
        return


class Editor:
    """A daemon as an editor has it, with its metrics process. The next one shows it all within moments."""

    def __init__(self, case: Case, folder: Path, stack: AsyncExitStack) -> None:
        self._case = case
        self._folder = folder
        self._stack = stack
        self._client: DaemonClient

    async def open(self) -> None:
        options = {"trusted": True, "trainingInterpreter": world.python()}
        self._client = await self._stack.enter_async_context(daemon(self._folder, **options))

    async def start(self, recipe: Path) -> RunFolder:
        started = await self._client.request("tunesmith/runs/start", {"recipe": str(recipe)})
        if started["run"] is None:
            raise RuntimeError(f"the recipe was refused: {started['problems']}")
        await self._client.request("tunesmith/metrics/subscribe", {"runId": started["run"]["id"]})
        return world.only_run(self._folder)

    async def kill(self, run: RunFolder) -> None:
        own = self._client.process.pid
        if self._case.victim is Victim.DAEMON:
            await victims.kill(own)
            await self._client.process.wait()
            await until("nothing of the daemon is left", lambda: world.only_the_run(self._folder, run))
            await self.open()
            return
        metrics = await until("there is a metrics process", lambda: victims.child(own, "tunesmith.metrics"))
        await victims.kill(metrics)

    async def look(self, run: RunFolder, played: Played) -> None:
        asked = time.monotonic()
        listed = await self._client.request("tunesmith/runs/list", {"folders": [str(self._folder)]})
        if [one["state"] for one in listed["runs"]] != ["running"]:
            played.wrong.append(f"the list says: {listed['runs']}")
        seconds = time.monotonic() - asked
        if seconds > SOON:
            played.wrong.append(f"the run was listed after {seconds:.1f} s")
        await self._client.request("tunesmith/metrics/subscribe", {"runId": run.id})
        played.notes.append(f"listed after {seconds:.1f} s, drawn after {time.monotonic() - asked:.1f} s")

    async def look_at_the_end(self, run: RunFolder, played: Played) -> None:
        """The dashboard's whole curve, asked of the daemon."""
        snapshot = await self._client.request("tunesmith/metrics/subscribe", {"runId": run.id})
        columns = {series["tag"]: base64.b64decode(series["steps"]) for series in snapshot["series"]}
        steps = [int(step) for step in array("d", columns.get(checks.LOSS, b""))]
        if steps != list(range(1, plan.STEPS + 1)):
            played.wrong.append(f"the daemon shows the loss at these steps: {steps}")


@asynccontextmanager
async def editor(case: Case, folder: Path) -> AsyncIterator[Onlooker]:
    async with AsyncExitStack() as stack:
        found = Editor(case, folder, stack)
        await found.open()
        yield found
