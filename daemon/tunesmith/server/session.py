"""All the state of one connection, and the only place that changes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.facts import interpreter
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Source
from tunesmith.facts.target_file import TargetFile, read_target_file
from tunesmith.server.background import Background
from tunesmith.server.checking import Circumstances
from tunesmith.server.chosen import chosen
from tunesmith.server.documents import Documents
from tunesmith.server.messages.base import Wire
from tunesmith.server.messages.runs import Run, RunsChanged
from tunesmith.server.messages.settings import Options, Status
from tunesmith.server.opened import Audience
from tunesmith.server.snapshot import Snapshot
from tunesmith.server.status import status

if TYPE_CHECKING:
    # The first check of a recipe waits for neither.
    from tunesmith.metrics.client import MetricsClient
    from tunesmith.runs.probe import Probe
    from tunesmith.runs.watch import Watcher

log = logging.getLogger(__name__)


class Client(Audience, Protocol):
    """What can be said to the other side unasked, and the texts that it has open."""

    def notify(self, method: str, params: Wire) -> None: ...

    def text(self, uri: str) -> str: ...

    def told(self, uri: str) -> list[types.Diagnostic]: ...

    def told_of(self) -> list[str]: ...

    def watch(self, pattern: str) -> None: ...

    @property
    def takes_snippets(self) -> bool: ...

    def warn(self, text: str) -> None: ...

    def refresh_lenses(self) -> None: ...


class Session:
    """Made when a client connects. Handlers get it as their first argument."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.options = Options()
        self.folders: tuple[Path, ...] = ()
        self.runs: dict[str, Run] = {}
        self.trained: dict[Path, int] = {}
        """How often each recipe was trained in this window; the latest last."""
        self.metrics: MetricsClient | None = None
        self.probes: dict[Path, Probe] = {}
        """The workers that answer in training interpreters, by interpreter."""
        self.probing = ThreadPoolExecutor(1, "probe")
        """Where they are asked: a slow answer keeps nobody from looking at the disk."""
        self.dry_runs: dict[str, Callable[[], None]] = {}
        """By id those that nobody has told of yet; the function lets a run be when the client goes."""
        self.watcher: Watcher | None = None
        """Made when a run is first drawn."""
        self.documents = Documents(
            client, self.spawn, self.interpreter, self.circumstances, self._tell_status
        )
        self.background = Background(
            client, self.spawn, self.interpreter, self.circumstances, self.documents.texts
        )
        self._told: Status | None = None
        self._next_starts: dict[Path, int] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closers: list[Callable[[], Awaitable[None]]] = []

    def interpreter(self, folder: Path) -> Interpreter | None:
        """The training interpreter for recipes in `folder`."""
        return interpreter.find(folder, chosen(self.options, folder))

    def circumstances(self) -> Circumstances:
        """What every check is told, but for the interpreter."""
        target = self.options.target
        return Circumstances(usual_target=Path(target) if target else None, roots=self.folders)

    def snapshots(self) -> list[Snapshot]:
        """All that was checked, with the texts as they are now."""
        texts = self.documents.texts()
        closed = [one for one in self.background.snapshots() if one.is_of(texts)]
        return [*self.documents.snapshots(), *closed]

    def status(self) -> Status:
        """For the status bar, about the recipe that the user looks at, else the one that was checked last."""
        last = self.documents.last()
        if last is None:
            folder = self.folders[0] if self.folders else Path.cwd()
            return status(chosen(self.options, folder), self.interpreter(folder), None, self._target())
        found = self.documents.interpreter(last.folder)
        memory = self._next_starts.get(Path(to_fs_path(last.uri) or last.uri))
        return status(chosen(self.options, last.folder), found, last, self._target(), memory)

    def _target(self) -> TargetFile | None:
        """The profile that the options name, as the checks of what is open have it."""
        path = self.options.target and Path(self.options.target)
        if not path:
            return None
        known: TargetFile | None = self.documents.look(Source("target", path))
        return known or read_target_file(path)

    def show_runs(self, runs: list[Run], removed: list[str]) -> None:
        """Remember how runs look now, and tell the client about it."""
        for run in runs:
            self.runs[run.id] = run
        for run_id in removed:
            self.runs.pop(run_id, None)
        self.client.notify("tunesmith/runs/changed", RunsChanged(runs, removed))
        self.client.refresh_lenses()

    def has_trained(self, recipe: Path) -> None:
        self.trained[recipe] = self.trained.pop(recipe, 0) + 1

    def show_next_starts(self, memory: dict[Path, int]) -> None:
        """Which recipes have their next start ready, and the bytes that it takes."""
        if memory != self._next_starts:
            self._next_starts = memory
            self._tell_status()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` beside the handlers; an error in it is logged, and the session's end cancels it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def on_close(self, close: Callable[[], Awaitable[None]]) -> Callable[[], None]:
        """Call `close` when the client is gone, unless what is returned was called before."""
        self._closers.append(close)

        def let_be() -> None:
            if close in self._closers:
                self._closers.remove(close)

        return let_be

    async def close(self) -> None:
        self.probing.shutdown(wait=False, cancel_futures=True)
        closers, self._closers = self._closers, []
        for close in closers:
            try:
                await close()
            except Exception:
                log.exception("closing %r failed", close)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tell_status(self) -> None:
        if self.documents.last() is None:
            return
        now = self.status()
        if now != self._told:
            self._told = now
            self.client.notify("tunesmith/status", now)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background task %s failed", task.get_name(), exc_info=error)
