"""One check after the other, by what the editor checks with: each file that facts come from is read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tunesmith.cli.checking.found import CheckedFile, found_in
from tunesmith.facts import interpreter
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.sources import Kind, Source, Store, read_now
from tunesmith.server.checking import Circumstances, check_text

WRITTEN: frozenset[Kind] = frozenset(("document", "deepspeed"))
"""How files are looked at that a fix can change."""


class Engine:
    """`roots` are the folders within which a file's launch is looked for; `chosen` is the Python that trains,
    None: found beside each file; `target` the profile that replaces it and this machine."""

    def __init__(
        self, roots: tuple[Path, ...], chosen: str | None = None, target: Path | None = None
    ) -> None:
        self._roots, self._chosen, self._target = roots, chosen, target
        self._written, self._rest = read_now(Store()), read_now(Store())
        self._interpreters: dict[Path, Interpreter | None] = {}

    def check(self, file: Path, text: str) -> CheckedFile | None:
        """`file` is absolute. None for what is not surely a training configuration."""
        about = Circumstances(self._interpreter(file.parent), target=self._target, roots=self._roots)
        outcome = check_text(file, text, about, self._look)
        return None if outcome is None else found_in(file, outcome.checked)

    def forget_written(self) -> None:
        """Read anew what a fix may have changed."""
        self._written = read_now(Store())

    def _look(self, source: Source) -> Any:
        return (self._written if source.kind in WRITTEN else self._rest)(source)

    def _interpreter(self, folder: Path) -> Interpreter | None:
        if folder not in self._interpreters:
            self._interpreters[folder] = interpreter.find(folder, self._chosen)
        return self._interpreters[folder]
