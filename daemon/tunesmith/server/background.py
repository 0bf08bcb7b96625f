"""Check the files of the open folders that nobody has open: on a thread, one after the other, in quiet."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Source, Store, read_now
from tunesmith.ide.foreign import as_opened
from tunesmith.server.checking import Circumstances, check_text, is_concerned, links_to
from tunesmith.server.opened import Audience
from tunesmith.server.snapshot import Snapshot
from tunesmith.server.workspace_files import Mark, WorkspaceFiles, is_left_out, read_text

log = logging.getLogger(__name__)

REST = 0.5
"""Seconds before a round, so that what is typed or saved together is looked at once."""
PAUSE = 0.02
"""Seconds between two files, for whoever types."""


@dataclass
class _Kept:
    """What a file was checked with, and what came of it; `snapshot` is None for a file that is nobody's."""

    key: Hashable
    sources: tuple[Source, ...]
    snapshot: Snapshot | None


class Background:
    def __init__(
        self,
        audience: Audience,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        find_interpreter: Callable[[Path], Interpreter | None],
        circumstances: Callable[[], Circumstances],
        texts: Callable[[], dict[Path, str]],
    ) -> None:
        self._audience = audience
        self._spawn = spawn
        self._find_interpreter = find_interpreter
        self._circumstances = circumstances
        self._texts = texts
        self._files = WorkspaceFiles()
        self._store = Store()
        self._kept: dict[Path, _Kept] = {}
        self._running = False
        self._again = False
        self.is_on = False

    def soon(self) -> None:
        """Something that matters to files that are not open may have changed."""
        self._again = True
        if not self._running and (self.is_on or self._kept):
            self._running = True
            self._spawn(self._run(), "check the workspace")

    def written(self, path: Path) -> None:
        """A file is open and has another text: others may link to it, and nobody else shows it now."""
        self._kept.pop(path, None)
        if any(links_to(kept.sources, path) for kept in self._kept.values()):
            self.soon()

    def is_about(self, path: Path) -> bool:
        """Whether a file that is not open may be checked otherwise now that `path` has changed on disk."""
        if is_concerned(path) and not is_left_out(path, self._circumstances().roots):
            return True
        sources = {as_opened(one.path) for kept in self._kept.values() for one in kept.sources}
        return path in sources or path.parent in sources

    def publish_again(self) -> None:
        """Who is told how has changed."""
        for snapshot in self.snapshots():
            self._audience.publish(snapshot)

    def snapshots(self) -> list[Snapshot]:
        return [kept.snapshot for kept in self._kept.values() if kept.snapshot is not None]

    async def _run(self) -> None:
        try:
            while self._again:
                self._again = False
                await asyncio.sleep(REST)
                await self._round()
        finally:
            self._running = False

    async def _round(self) -> None:
        about = self._circumstances()
        found = await asyncio.to_thread(self._files.find, about.roots) if self.is_on else {}
        for path in [path for path in self._kept if path not in found]:
            self._forget(path)
        # What links to a file that is being written is shown in that: it comes first.
        opened = set(self._texts())
        for path, mark in sorted(found.items(), key=lambda one: not self._links_to(one[0], opened)):
            texts = self._texts()
            if path in texts:
                continue
            before = self._kept.get(path)
            try:
                kept = await asyncio.to_thread(self._check, path, mark, replace(about, texts=texts))
            except Exception:
                # A defect of ours costs nobody what is found in the files that follow.
                log.exception("%s was not checked", path)
                continue
            # Somebody may have opened it meanwhile.
            if path not in self._texts() and kept is not before:
                self._kept[path] = kept
                if kept.snapshot is not None:
                    self._audience.publish(kept.snapshot)
                elif before is not None and before.snapshot is not None:
                    self._audience.retract(before.snapshot.uri)
            await asyncio.sleep(PAUSE)
        self._store.keep(source for kept in self._kept.values() for source in kept.sources)

    def _check(self, path: Path, mark: Mark, about: Circumstances) -> _Kept:
        """On a thread. The same as before if nothing that it was checked with has changed."""
        before = self._kept.get(path)
        about = replace(about, interpreter=self._find_interpreter(path.parent))
        if before is not None:
            changed = self._store.refresh(before.sources)
            if not changed and before.key == _key(mark, about, before.sources):
                return before
        wanted: dict[Source, None] = {}
        known = read_now(self._store)

        def look(source: Source) -> Any:
            wanted[source] = None
            return known(source)

        found = check_text(path, read_text(path), about, look)
        snapshot = Snapshot(path.as_uri(), None, path.parent, found.checked, found.launch) if found else None
        return _Kept(_key(mark, about, tuple(wanted)), tuple(wanted), snapshot)

    def _links_to(self, path: Path, opened: Collection[Path]) -> bool:
        kept = self._kept.get(path)
        return kept is not None and any(links_to(kept.sources, one) for one in opened)

    def _forget(self, path: Path) -> None:
        kept = self._kept.pop(path)
        if kept.snapshot is not None and path not in self._texts():
            self._audience.retract(kept.snapshot.uri)


def _key(mark: Mark, about: Circumstances, sources: tuple[Source, ...]) -> Hashable:
    written = tuple(about.texts.get(as_opened(one.path)) for one in sources if one.kind == "document")
    return mark, about.interpreter, about.usual_target, about.roots, written
