"""The places that facts are read from, and a store of what was read there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tunesmith.facts.command_lines import command_lines_fingerprint, read_command_lines
from tunesmith.facts.data_file import data_fingerprint, read_data_file
from tunesmith.facts.deepspeed_file import deepspeed_fingerprint, read_deepspeed_file
from tunesmith.facts.disk import disk_fingerprint, read_disk
from tunesmith.facts.document import read_document
from tunesmith.facts.installed import environment_fingerprint, read_environment
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.machine import read_machine
from tunesmith.facts.model_class import UNKNOWN, ModelClass, class_fingerprint, read_model_class
from tunesmith.facts.model_folder import (
    hub_fingerprint,
    model_fingerprint,
    read_hub_model,
    read_model_folder,
)
from tunesmith.facts.program import Program, read_program
from tunesmith.facts.script_arguments import read_script_arguments
from tunesmith.facts.script_file import (
    module_fingerprint,
    read_module,
    read_script_file,
    script_fingerprint,
)
from tunesmith.facts.script_use import read_script_use
from tunesmith.facts.target_file import read_target_file
from tunesmith.facts.tokenizer_folder import read_tokenizer_folder, tokenizer_fingerprint
from tunesmith.facts.trainer_folder import read_trainer_folder, trainer_fingerprint

Kind = Literal[
    "data",
    "model",
    "hub",
    "environment",
    "machine",
    "script",
    "script-arguments",
    "script-use",
    "program",
    "module",
    "tokenizer",
    "model-class",
    "document",
    "trainer-folder",
    "deepspeed",
    "disk",
    "command-lines",
    "target",
]


@dataclass(frozen=True)
class Source:
    """Something to look at. `interpreter` is set for an environment, and with `name` for a module."""

    kind: Kind
    path: Path
    interpreter: Interpreter | None = None
    name: str = ""


LONGEST_NAME, LONGEST = 240, 4000
"""Bytes of a name, with room for an ending, and of a path."""

MACHINE = Source("machine", Path("/dev"))

Look = Callable[[Source], Any]
"""What is known of a source: a DataFile, ModelFolder, Environment, Machine, ScriptFile, ModuleFile; None when
nobody looked."""


class Store:
    """What was read, with the fingerprint it was read at. `look` never touches the disk; `refresh` does."""

    def __init__(self) -> None:
        self._known: dict[Source, tuple[str, Any]] = {}
        self._texts: Mapping[Path, str] = {}

    def write(self, path: Path, text: str | None) -> None:
        """What is being written in a script, and not saved yet; None: nothing any more."""
        others = {place: one for place, one in self._texts.items() if place != path}
        self._texts = others if text is None else {**others, path: text}

    def knows(self, source: Source) -> bool:
        """Whether it was read, whatever came of it."""
        return source in self._known

    def look(self, source: Source) -> Any:
        """What is known of it, or None."""
        found = self._known.get(source)
        return None if found is None else found[1]

    def refresh(self, sources: Iterable[Source]) -> bool:
        """Read those of `sources` that are new or changed on disk; whether any was."""
        changed = False
        texts = self._texts
        for source in sources:
            if not _can_be(source.path):
                self._known.setdefault(source, ("", None))
                continue
            fingerprint = _fingerprint(source)
            known = self._known.get(source)
            if known is None or known[0] != fingerprint + _of_parts(known[1], texts):
                found = _read(source, texts)
                self._known[source] = (fingerprint + _of_parts(found, texts), found)
                changed = True
        return changed

    def keep(self, sources: Iterable[Source]) -> None:
        """Forget everything else."""
        kept = set(sources)
        self._known = {source: known for source, known in self._known.items() if source in kept}


def read_now(store: Store) -> Look:
    """A look that reads what is missing on the spot: for the command line and for starting a run."""

    def look(source: Source) -> Any:
        found = store.look(source)
        if found is None:
            store.refresh([source])
            found = store.look(source)
        return found

    return look


def _of_parts(found: Any, texts: Mapping[Path, str]) -> str:
    """What else a reading would change with: the files that only it found out about."""
    return found.fingerprint(texts) if isinstance(found, Program) else ""


def _can_be(path: Path) -> bool:
    """Whether a file system has room for such a name: a text in a recipe may be longer, or hold anything."""
    if "\0" in str(path):
        return False
    try:
        return all(len(os.fsencode(part)) <= LONGEST_NAME for part in path.parts) and len(str(path)) < LONGEST
    except UnicodeEncodeError:
        return False


def _fingerprint(source: Source) -> str:
    if source.kind == "data":
        return data_fingerprint(source.path)
    if source.kind == "model":
        return model_fingerprint(source.path)
    if source.kind == "hub":
        return hub_fingerprint(source.path)
    if source.kind == "tokenizer":
        return tokenizer_fingerprint(source.path)
    if source.kind == "model-class":
        return class_fingerprint(source.path)
    if source.kind == "trainer-folder":
        return trainer_fingerprint(source.path)
    if source.kind == "deepspeed":
        return deepspeed_fingerprint(source.path)
    if source.kind == "machine":
        return ""
    if source.kind == "disk":
        return disk_fingerprint(source.path)
    if source.kind == "command-lines":
        return command_lines_fingerprint(source.path)
    if source.kind == "program":
        return ""
    if source.kind in ("script", "script-arguments", "script-use", "document", "target"):
        return script_fingerprint(source.path)
    if source.kind == "module":
        return f"{module_fingerprint(source.path, source.name)} {environment_fingerprint(source.interpreter)}"
    return environment_fingerprint(source.interpreter)


def _read(source: Source, texts: Mapping[Path, str]) -> Any:
    if source.kind == "data":
        return read_data_file(source.path)
    if source.kind == "model":
        return read_model_folder(source.path)
    if source.kind == "hub":
        return read_hub_model(source.path)
    if source.kind == "tokenizer":
        return read_tokenizer_folder(source.path)
    if source.kind == "model-class":
        return _read_class(source)
    if source.kind == "deepspeed":
        return read_deepspeed_file(source.path)
    if source.kind == "disk":
        return read_disk(source.path)
    if source.kind == "machine":
        return read_machine(source.path)
    if source.kind == "script":
        return read_script_file(source.path)
    if source.kind == "script-arguments":
        return read_script_arguments(source.path, source.path.parent)
    if source.kind == "program":
        return read_program(source.path, source.name, texts)
    if source.kind == "script-use":
        return read_script_use(source.path)
    if source.kind == "document":
        return read_document(source.path)
    if source.kind == "command-lines":
        return read_command_lines(source.path)
    if source.kind == "target":
        return read_target_file(source.path)
    if source.kind == "trainer-folder":
        return read_trainer_folder(source.path)
    if source.kind == "module":
        return read_module(
            source.path, source.name, source.interpreter.site_packages if source.interpreter else ()
        )
    return read_environment(source.interpreter)


def _read_class(source: Source) -> ModelClass:
    folders = source.interpreter.site_packages if source.interpreter else ()
    root = next((folder for folder in folders if source.path.is_relative_to(folder)), None)
    return UNKNOWN if root is None else read_model_class(root, source.path, source.name)
