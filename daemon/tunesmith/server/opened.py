"""An open file, and what others may know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tunesmith.core.fact import Facts
from tunesmith.facts.sources import Look, Source
from tunesmith.server.checking import Circumstances, check_text
from tunesmith.server.snapshot import Snapshot
from tunesmith.syntax.incremental import Reader


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
class Document:
    """Its newest text, and what the last check of it said."""

    uri: str
    version: int | None
    text: str
    path: Path
    reader: Reader = field(default_factory=Reader)
    is_stale: bool = True
    checked: Snapshot | None = None
    """The last check; None where the file turned out not to concern us."""
    facts: Facts | None = None
    """What was known at the last check, of this text or the one before."""
    sources: tuple[Source, ...] = ()
    """What the last check asked for."""

    @property
    def folder(self) -> Path:
        return self.path.parent

    def check(self, about: Circumstances, known: Look) -> None:
        """Check the newest text with what is `known`."""
        wanted: dict[Source, None] = {}

        def look(source: Source) -> Any:
            wanted[source] = None
            return known(source)

        found = check_text(self.path, self.text, about, look, self.reader.parse)
        self.is_stale, self.sources, self.checked = False, tuple(wanted), None
        if found is not None:
            self.checked = Snapshot(self.uri, self.version, self.folder, found.checked, found.launch)
            self.facts = found.checked.facts
