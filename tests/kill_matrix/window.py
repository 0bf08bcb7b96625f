"""A window of the real workbench, driven by the program beside this one."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from process_scan import marked
from trainer import REPOSITORY
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.runs import store

from kill_matrix import plan, victims, world
from kill_matrix.cases import Case
from kill_matrix.played import PATIENCE, SOON, Played, until

PROGRAM = Path(__file__).with_name("window.ts")
WORKBENCH = REPOSITORY / ".cache" / "workbench" / "node_modules"


class Window:
    """Its extension host or its whole server is killed; a window that is opened then shows it all."""

    def __init__(self, case: Case, folder: Path, process: asyncio.subprocess.Process) -> None:
        self._case = case
        self._folder = folder
        self._process = process
        self._notes: list[str] = []

    async def start(self, recipe: Path) -> RunFolder:
        await self.order("train", recipe.name)
        home = runs_home(self._folder)
        await until("a run is there", lambda: home.is_dir() and next(iter(store.runs_in(home)), None))
        return world.only_run(self._folder)

    async def kill(self, run: RunFolder) -> None:
        """What the victim had started must end by itself; the run and its supervisor must not."""
        killed = await self.order("kill", self._case.victim.value)
        orphans = set(killed["below"]) - marked(run.id) - {victims.supervisor(run)}
        asked = time.monotonic()
        await until(f"none of {orphans} is left", lambda: all(map(victims.is_gone, orphans)))
        self._notes.append(f"its {len(orphans)} processes gone after {time.monotonic() - asked:.1f} s")

    async def look(self, run: RunFolder, played: Played) -> None:
        played.notes += self._notes
        opened = await self.order("reopen")
        seen = await self.order("look")
        if ", Running, " not in seen["shown"] or "unsupervised" in seen["shown"]:
            played.wrong.append(f"the window says: {seen['shown']}")
        if seen["seconds"] > SOON:
            played.wrong.append(f"the window showed it after {seen['seconds']:.1f} s")
        played.notes.append(f"known to a new window after {opened['seconds']:.1f} s")
        played.notes.append(f"shown {seen['seconds']:.1f} s after a click")

    async def look_at_the_end(self, run: RunFolder, played: Played) -> None:
        """The row, and the whole curve in the dashboard."""
        await self.order("until", "Finished")
        points = (await self.order("points", str(plan.STEPS)))["points"]
        if points != plan.STEPS:
            played.wrong.append(f"the dashboard shows {points} points of the loss")

    async def order(self, name: str = "", word: str = "") -> Any:
        """What the window replies; without a name, that it stands."""
        assert self._process.stdin
        assert self._process.stdout
        if name:
            self._process.stdin.write(json.dumps([name, word]).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        if not line:
            raise RuntimeError("the window's program has ended")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), PATIENCE)


@asynccontextmanager
async def window(case: Case, folder: Path) -> AsyncIterator[Window]:
    node = next(WORKBENCH.glob("node-*/bin/node"))
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node, quiet, PROGRAM, folder, stdin=pipe, stdout=pipe, limit=1 << 20
    )
    found = Window(case, folder, process)
    await found.order()
    try:
        yield found
    finally:
        await found.close()
