"""What is installed beside an interpreter, read without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tunesmith.facts import packages
from tunesmith.facts.fitness import absent_from
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.library import PLACES, Library
from tunesmith.facts.library_cache import read_library
from tunesmith.facts.model_types import ModelTypes, read_model_types


@dataclass(frozen=True)
class Environment:
    """What is installed beside an interpreter. `libraries` by the text that a section's marker uses.

    `missing` is what training needs and is certainly not there.
    """

    versions: Mapping[str, str]
    libraries: Mapping[str, Library]
    missing: frozenset[str] = frozenset()
    types: ModelTypes | None = None


def environment_fingerprint(interpreter: Interpreter | None) -> str:
    marks: list[str] = []
    for folder in interpreter.site_packages if interpreter else ():
        try:
            marks.append(str(folder.stat().st_mtime_ns))
        except OSError as error:
            marks.append(type(error).__name__)
    return " ".join(marks)


def read_environment(interpreter: Interpreter | None) -> Environment:
    if interpreter is None:
        return Environment({}, {})
    return _environment_at(interpreter, environment_fingerprint(interpreter))


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
