"""Which Python trains: found by looking at files, never by running one."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.located import expanded
from tunesmith.facts.prefix import Kind, kind_of, packages, prefix_of, pythons, version_of

log = logging.getLogger(__name__)

ENVIRONMENT_NAMES = (".venv", "venv", "env")
ACTIVE = ("VIRTUAL_ENV", "CONDA_PREFIX")


@dataclass(frozen=True)
class Interpreter:
    """`version` is "3.11" or longer, where it is written down; `site_packages` are folders that exist."""

    path: Path
    prefix: Path
    site_packages: tuple[Path, ...]
    version: str | None
    kind: Kind = "venv"


def find(
    folder: Path, chosen: str | None = None, environment: Mapping[str, str] = os.environ
) -> Interpreter | None:
    """The interpreter for recipes in `folder`.

    `chosen` alone when it is given (None when nothing is there: a chosen path that is wrong must not be
    hidden by another find); else `.venv`, `venv` or `env` in the folder or above; else the environment that
    the daemon was started in.
    """
    if chosen:
        return at(expanded(chosen), environment)
    for prefix in (*near(folder), *active(environment)):
        found = at(prefix, environment)
        if found:
            return found
    return None


def at(place: Path, environment: Mapping[str, str] = os.environ) -> Interpreter | None:
    """The interpreter at `place`: a Python, or the folder of an environment; None where none can be seen."""
    try:
        if place.is_dir():
            python = next((path for path in pythons(place) if _starts(path)), None)
            return None if python is None else _describe(python, place, environment)
        if not _starts(place):
            return None
        # As written, not resolved: a virtual environment's Python is a link to the one it was made from.
        path = Path.cwd() / place
        return _describe(path, prefix_of(path), environment)
    except OSError as error:
        log.warning("%s cannot be looked at: %s", place, error.strerror)
        return None


def near(folder: Path) -> Iterator[Path]:
    """The environments in `folder` and above it, the nearest first."""
    here = Path.cwd() / folder
    for parent in (here, *here.parents):
        for name in ENVIRONMENT_NAMES:
            if (parent / name / "pyvenv.cfg").is_file() or (parent / name / "conda-meta").is_dir():
                yield parent / name


def active(environment: Mapping[str, str]) -> Iterator[Path]:
    """The environments that the daemon was started in. Its own has no torch and is never meant."""
    for variable in ACTIVE:
        value = environment.get(variable)
        if value and Path(value) != Path(sys.prefix):
            yield Path(value)


def _starts(python: Path) -> bool:
    return python.is_file() and os.access(python, os.X_OK)


def _describe(python: Path, prefix: Path, environment: Mapping[str, str]) -> Interpreter:
    folders = packages(python, prefix, environment)
    return Interpreter(python, prefix, folders, version_of(python, prefix), kind_of(prefix))
