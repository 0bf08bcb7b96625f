"""The places that facts are read from, and a store of what was read there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from tunesmith.facts import packages
from tunesmith.facts.data_file import data_fingerprint, read_data_file
from tunesmith.facts.deepspeed_file import deepspeed_fingerprint, read_deepspeed_file
from tunesmith.facts.fitness import absent_from
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.library import PLACES, Library
from tunesmith.facts.library_cache import read_library
from tunesmith.facts.machine import read_machine
from tunesmith.facts.model_class import UNKNOWN, ModelClass, class_fingerprint, read_model_class
from tunesmith.facts.model_folder import (
    hub_fingerprint,
    model_fingerprint,
    read_hub_model,
    read_model_folder,
)
from tunesmith.facts.model_types import ModelTypes, read_model_types
from tunesmith.facts.script_file import (
    module_fingerprint,
    read_module,
    read_script_file,
    script_fingerprint,
)
from tunesmith.facts.tokenizer_folder import read_tokenizer_folder, tokenizer_fingerprint

Kind = Literal[
    "data",
    "model",
    "hub",
    "environment",
    "machine",
    "script",
    "module",
    "tokenizer",
    "model-class",
    "deepspeed",
]


@dataclass(frozen=True)
class Environment:
    """What is installed beside an interpreter. `libraries` by the text that a section's marker uses.

    `missing` is what training needs and is certainly not there.
    """

    versions: Mapping[str, str]
    libraries: Mapping[str, Library]
    missing: frozenset[str] = frozenset()
    types: ModelTypes | None = None


@dataclass(frozen=True)
class Source:
    """Something to look at. `interpreter` is set for an environment, and with `name` for a module."""

    kind: Kind
    path: Path
    interpreter: Interpreter | None = None
    name: str = ""


MACHINE = Source("machine", Path("/dev"))

Look = Callable[[Source], Any]
"""What is known of a source: a DataFile, ModelFolder, Environment, Machine, ScriptFile, ModuleFile; None when
nobody looked."""


class Store:
    """What was read, with the fingerprint it was read at. `look` never touches the disk; `refresh` does."""

    def __init__(self) -> None:
        self._known: dict[Source, tuple[str, Any]] = {}

    def look(self, source: Source) -> Any:
        """What is known of it, or None."""
        found = self._known.get(source)
        return None if found is None else found[1]

    def refresh(self, sources: Iterable[Source]) -> bool:
        """Read those of `sources` that are new or changed on disk; whether any was."""
        changed = False
        for source in sources:
            fingerprint = _fingerprint(source)
            known = self._known.get(source)
            if known is None or known[0] != fingerprint:
                self._known[source] = (fingerprint, _read(source))
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
    if source.kind == "deepspeed":
        return deepspeed_fingerprint(source.path)
    if source.kind == "machine":
        return ""
    if source.kind == "script":
        return script_fingerprint(source.path)
    if source.kind == "module":
        return (
            f"{module_fingerprint(source.path, source.name)} {_environment_fingerprint(source.interpreter)}"
        )
    return _environment_fingerprint(source.interpreter)


def _read(source: Source) -> Any:
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
    if source.kind == "machine":
        return read_machine(source.path)
    if source.kind == "script":
        return read_script_file(source.path)
    if source.kind == "module":
        return read_module(
            source.path, source.name, source.interpreter.site_packages if source.interpreter else ()
        )
    return _read_environment(source.interpreter)


def _read_class(source: Source) -> ModelClass:
    folders = source.interpreter.site_packages if source.interpreter else ()
    root = next((folder for folder in folders if source.path.is_relative_to(folder)), None)
    return UNKNOWN if root is None else read_model_class(root, source.path, source.name)


def _environment_fingerprint(interpreter: Interpreter | None) -> str:
    marks: list[str] = []
    for folder in interpreter.site_packages if interpreter else ():
        try:
            marks.append(str(folder.stat().st_mtime_ns))
        except OSError as error:
            marks.append(type(error).__name__)
    return " ".join(marks)


def _read_environment(interpreter: Interpreter | None) -> Environment:
    if interpreter is None:
        return Environment({}, {})
    return _environment_at(interpreter, _environment_fingerprint(interpreter))


@lru_cache(maxsize=4)
def _environment_at(interpreter: Interpreter, _fingerprint: str) -> Environment:
    """Read once: every launch looks at it, and it takes 70 ms."""
    versions = packages.versions(interpreter.site_packages)
    libraries: dict[str, Library] = {}
    for name, place in PLACES.items():
        version = versions.get(place.package)
        if version is None:
            continue
        library = read_library(interpreter.site_packages, place, version)
        if library is not None and library.fields:
            libraries[name] = library
    missing = absent_from(interpreter.site_packages, versions)
    return Environment(versions, libraries, missing, read_model_types(interpreter.site_packages))
