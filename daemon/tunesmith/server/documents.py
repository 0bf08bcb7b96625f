"""The open recipes, what is known about them, and when they are checked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pygls.uris import to_fs_path

from tunesmith.core.fact import Facts
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Source, Store
from tunesmith.rules.check import Report, check
from tunesmith.stages.recipe import SUFFIX
from tunesmith.syntax.incremental import Reader

# Between two looks at the disk while somebody types.
LOOK_INTERVAL = 1.0


@dataclass(frozen=True)
class Snapshot:
    """A recipe at one version, checked with what was known then."""

    uri: str
    version: int | None
    folder: Path
    report: Report
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Draft:
    """A recipe as it is being written: its lines now, and what was known when it was last checked."""

    lines: tuple[str, ...]
    facts: Facts
    folder: Path


class Audience(Protocol):
    """Who is shown the result of a check."""

    def publish(self, snapshot: Snapshot) -> None: ...

    def retract(self, uri: str) -> None: ...


@dataclass
class _Document:
    uri: str
    version: int | None
    text: str
    folder: Path
    reader: Reader = field(default_factory=Reader)
    checked: Snapshot | None = None
    facts: Facts | None = None
    """What was known at the last check, of this text or the one before."""


class Documents:
    """Checks run on the event loop, one at a time, each for the newest text; the disk is read on a thread."""

    def __init__(
        self,
        audience: Audience,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        find_interpreter: Callable[[Path], Interpreter | None],
        checked: Callable[[], None],
    ) -> None:
        self._audience = audience
        self._spawn = spawn
        self._find_interpreter = find_interpreter
        self._checked = checked
        self._open: dict[str, _Document] = {}
        self._last: str | None = None
        self._focused: str | None = None
        self._store = Store()
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
        """A recipe was opened or changed; other files are left alone."""
        path = to_fs_path(uri)
        if path is None or not path.endswith(SUFFIX):
            return
        earlier = self._open.get(uri)
        reader = earlier.reader if earlier else Reader()
        facts = earlier.facts if earlier else None
        self._open[uri] = _Document(uri, version, text, Path(path).parent, reader, facts=facts)
        if earlier:
            self._check_soon([uri])
        else:
            self._show(uri)
            self._checked()

    def close(self, uri: str) -> None:
        if self._open.pop(uri, None):
            self._audience.retract(uri)

    def snapshot(self, uri: str) -> Snapshot | None:
        """The recipe as it is now; None for what is no open recipe."""
        document = self._open.get(uri)
        if document is None:
            return None
        if document.checked is None:
            document.checked = self._check(document)
            document.facts = document.checked.report.facts
        return document.checked

    def draft(self, uri: str) -> Draft | None:
        """The recipe without waiting for a check of what was typed last; None for what is no open recipe."""
        document = self._open.get(uri)
        if document is None:
            return None
        if document.facts is None:
            self.snapshot(uri)
        return Draft(tuple(document.text.split("\n")), document.facts or Facts(), document.folder)

    def paths(self) -> set[Path]:
        """The files of the open recipes."""
        return {Path(path) for uri in self._open if (path := to_fs_path(uri))}

    def focus(self, uri: str) -> None:
        """The user looks at this recipe."""
        self._focused = uri

    def last(self) -> Snapshot | None:
        """The recipe that the user looks at, else the one whose diagnostics were sent last; once the disk was
        looked at for it."""
        uri = self._focused if self._focused in self._open else self._last
        snapshot = self.snapshot(uri) if uri else None
        return snapshot if snapshot and snapshot.folder in self._interpreters else None

    def interpreter(self, folder: Path) -> Interpreter | None:
        """As found when the disk was last looked at."""
        return self._interpreters.get(folder)

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
            folders = {document.folder for document in self._open.values()}
            unknown = True
            while unknown:
                sources = self._sources()
                if await asyncio.to_thread(self._read, folders, sources):
                    self._forget_checks()
                    self._check_soon(self._open)
                    for uri in tuple(self._open):
                        self.snapshot(uri)
                unknown = any(self._store.look(source) is None for source in self._sources())
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
            # Straight away after a quiet moment. In a burst as long as a check takes: the edits in between
            # are superseded, and the loop stays free for half of the time.
            busy = time.monotonic() - self._ended < self._took
            await asyncio.sleep(self._took if busy else 0)
            while self._waiting:
                uri = next(iter(self._waiting))
                del self._waiting[uri]
                self._show(uri)
                await asyncio.sleep(0)
            self._checked()
        finally:
            self._checking = False
        unknown = any(self._store.look(source) is None for source in self._sources())
        if unknown or time.monotonic() - self._looked > LOOK_INTERVAL:
            self.look_soon()

    def _show(self, uri: str) -> None:
        snapshot = self.snapshot(uri)
        if snapshot is not None:
            self._audience.publish(snapshot)
            self._last = uri
            self.shown.set()

    def _check(self, document: _Document) -> Snapshot:
        wanted: dict[Source, None] = {}

        def look(source: Source) -> Any:
            wanted[source] = None
            return self._store.look(source)

        start = time.monotonic()
        interpreter = self.interpreter(document.folder)
        report = check(document.text, document.folder, interpreter, look, document.reader.parse)
        self._ended = time.monotonic()
        self._took = self._ended - start
        return Snapshot(document.uri, document.version, document.folder, report, tuple(wanted))

    def _sources(self) -> list[Source]:
        """What the open recipes ask for."""
        snapshots = [document.checked for document in self._open.values() if document.checked]
        return list(dict.fromkeys(source for snapshot in snapshots for source in snapshot.sources))

    def _forget_checks(self) -> None:
        for document in self._open.values():
            document.checked = None
