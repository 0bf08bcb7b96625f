"""The open files that concern us, what is known about them, and when they are checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pygls.uris import to_fs_path

from tunesmith.core.fact import Facts
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Source, Store
from tunesmith.server.checking import Circumstances, is_concerned, links_to
from tunesmith.server.opened import Audience, Document, Draft
from tunesmith.server.snapshot import Snapshot
from tunesmith.stages.recipe import SUFFIX

# Between two looks at the disk while somebody types.
LOOK_INTERVAL = 1.0
# What is read so soon after a check has come while it ran.
MEANWHILE = 0.005
# In which an editor's questions about an edit follow it: they are answered before its check begins.
QUESTIONS = 0.001


class Documents:
    """Checks run on the event loop, one at a time, each for the newest text; the disk is read on a thread."""

    def __init__(
        self,
        audience: Audience,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        find_interpreter: Callable[[Path], Interpreter | None],
        circumstances: Callable[[], Circumstances],
        checked: Callable[[], None],
    ) -> None:
        self._audience = audience
        self._spawn = spawn
        self._find_interpreter = find_interpreter
        self._circumstances = circumstances
        self._checked = checked
        self._open: dict[str, Document] = {}
        self._last: str | None = None
        self._focused: str | None = None
        self._store = Store()
        self.look = self._store.look
        self._interpreters: dict[Path, Interpreter | None] = {}
        self._waiting: dict[str, None] = {}
        self._checking = False
        self._looking = False
        self._look_again = False
        self._one_look = asyncio.Lock()
        self._looked = 0.0
        self._took = 0.0
        self._ended = 0.0
        self.shown = asyncio.Event()
        """Set when what is wrong with a recipe was told for the first time."""

    def open(self, uri: str, version: int | None, text: str) -> None:
        """A file was opened or changed; what cannot concern us is left alone."""
        path = to_fs_path(uri)
        if path is not None and path.endswith(".py"):
            self._write_script(Path(path), text)
        if path is None or not is_concerned(Path(path)):
            return
        earlier = self._open.get(uri)
        if earlier is None:
            document = self._open[uri] = Document(uri, version, text, Path(path))
            self._show(uri)
            self._checked()
        else:
            document = earlier
            document.version, document.text, document.is_stale = version, text, True
            self._check_soon([uri])
        self._check_soon(self._forget_linked(document.path))

    def close(self, uri: str) -> None:
        path = to_fs_path(uri)
        if path is not None and path.endswith(".py"):
            self._write_script(Path(path), None)
        closed = self._open.pop(uri, None)
        if closed:
            self._audience.retract(uri)
            self._check_soon(self._forget_linked(closed.path))

    def _write_script(self, path: Path, text: str | None) -> None:
        """A program of the user's counts as it stands in the editor."""
        self._store.write(path, text)
        if any(source.kind == "program" for source in self._sources()):
            self.look_soon()

    def snapshot(self, uri: str) -> Snapshot | None:
        """The file as it is now; None for what does not concern us, or is not open."""
        document = self._open.get(uri)
        if document is None:
            return None
        if document.is_stale:
            self._check(document)
        return document.checked

    def snapshots(self) -> list[Snapshot]:
        """Every open file that concerns us, as it is now."""
        found = [self.snapshot(uri) for uri in tuple(self._open)]
        return [one for one in found if one is not None]

    def opened_as(self, path: Path) -> tuple[str, int | None] | None:
        """The client's name and version of a file; None when it is not open."""
        same = ((one.uri, one.version) for one in self._open.values() if one.path == path)
        return next(same, None)

    def texts(self) -> dict[Path, str]:
        """What is being written, by file."""
        return {document.path: document.text for document in self._open.values()}

    def draft(self, uri: str) -> Draft | None:
        """The recipe without waiting for a check of what was typed last; None for what is no open recipe."""
        document = self._open.get(uri)
        if document is None or not document.path.name.endswith(SUFFIX):
            return None
        if document.facts is None:
            self.snapshot(uri)
        return Draft(tuple(document.text.split("\n")), document.facts or Facts(), document.folder)

    def paths(self) -> set[Path]:
        """The open files."""
        return {document.path for document in self._open.values()}

    def focus(self, uri: str) -> None:
        """The user looks at this recipe."""
        self._focused = uri

    def last(self) -> Snapshot | None:
        """The recipe that the user looks at, else the one whose diagnostics were sent last; once the disk was
        looked at for it."""
        shown = [self.snapshot(uri) for uri in (self._focused, self._last) if uri]
        snapshot = next((one for one in shown if one is not None), None)
        return snapshot if snapshot and snapshot.folder in self._interpreters else None

    def interpreter(self, folder: Path) -> Interpreter | None:
        """As found when the disk was last looked at."""
        return self._interpreters.get(folder)

    def check_again(self) -> None:
        """What every check is told has changed."""
        self._forget_checks()
        self._check_soon(self._open)

    def look_soon(self) -> None:
        """Something on disk may have changed."""
        self._look_again = True
        if not self._looking:
            self._looking = True
            self._spawn(self._look(), "look at the disk")

    async def look_now(self) -> None:
        """Look at the disk, and check again what it changes."""
        # One look at a time: one that began earlier must not end later, with what was true before.
        async with self._one_look:
            unknown = True
            while unknown:
                folders = {document.folder for document in self._open.values() if document.sources}
                sources = self._sources()
                if await asyncio.to_thread(self._read, folders, sources):
                    self._forget_checks()
                    self._check_soon(self._open)
                    for uri in tuple(self._open):
                        self.snapshot(uri)
                        # Whoever types comes first.
                        await asyncio.sleep(0)
                unknown = any(not self._store.knows(source) for source in self._sources())
            self._store.keep(self._sources())

    def _read(self, folders: Iterable[Path], sources: Iterable[Source]) -> bool:
        """On a thread: whether anything that matters has changed."""
        interpreters = {folder: self._find_interpreter(folder) for folder in folders}
        changed = self._store.refresh(sources)
        if interpreters != self._interpreters:
            self._interpreters = interpreters
            changed = True
        return changed

    async def _look(self) -> None:
        try:
            while self._look_again:
                self._look_again = False
                self._looked = time.monotonic()
                await self.look_now()
        finally:
            self._looking = False

    def _check_soon(self, uris: Iterable[str]) -> None:
        self._waiting |= dict.fromkeys(uris)
        if self._waiting and not self._checking:
            self._checking = True
            self._spawn(self._check_waiting(), "check recipes")

    async def _check_waiting(self) -> None:
        try:
            # Almost at once, unless keys come faster than checks end. Then only after as long as a check
            # takes: the edits in between are superseded, and the loop stays free for half of the time.
            busy = time.monotonic() - self._ended < MEANWHILE
            await asyncio.sleep(max(self._took, QUESTIONS) if busy else QUESTIONS)
            while self._waiting:
                uri = next(iter(self._waiting))
                del self._waiting[uri]
                self._show(uri)
                await asyncio.sleep(0)
            self._checked()
        finally:
            self._checking = False
        unknown = any(not self._store.knows(source) for source in self._sources())
        if unknown or time.monotonic() - self._looked > LOOK_INTERVAL:
            self.look_soon()

    def _show(self, uri: str) -> None:
        snapshot = self.snapshot(uri)
        if snapshot is not None:
            self._audience.publish(snapshot)
            self._last = uri
            self.shown.set()
        elif uri in self._open:
            self._audience.retract(uri)

    def _check(self, document: Document) -> None:
        start = time.monotonic()
        about = replace(
            self._circumstances(), interpreter=self.interpreter(document.folder), texts=self.texts()
        )
        document.check(about, self._store.look)
        self._ended = time.monotonic()
        self._took = self._ended - start

    def _sources(self) -> list[Source]:
        """What the open files ask for."""
        asked = (source for document in self._open.values() for source in document.sources)
        return list(dict.fromkeys(asked))

    def _forget_checks(self) -> None:
        for document in self._open.values():
            document.is_stale = True

    def _forget_linked(self, path: Path) -> list[str]:
        """The open files whose check looked at `path`: it is written there."""
        found: list[str] = []
        for document in self._open.values():
            if document.path != path and links_to(document.sources, path):
                document.is_stale = True
                found.append(document.uri)
        return found
