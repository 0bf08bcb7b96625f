"""Which Python trains: found by looking at files, never by running one."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.located import expanded

log = logging.getLogger(__name__)

VENV_NAMES = (".venv", "venv", "env")
VENV_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX")


@dataclass(frozen=True)
class Interpreter:
    """`version` is "3.11" or longer, where it is written down; `site_packages` are folders that exist."""

    path: Path
    prefix: Path
    site_packages: tuple[Path, ...]
    version: str | None


def find(
    folder: Path, chosen: str | None = None, environment: Mapping[str, str] = os.environ
) -> Interpreter | None:
    """The interpreter for recipes in `folder`.

    `chosen` alone when it is given (None when nothing is there: a chosen path that is wrong must not be
    hidden by another find); else `.venv`, `venv` or `env` in the folder or above; else the environment that
    the daemon was started in.
    """
    if chosen:
        return at(expanded(chosen))
    for prefix in _candidates(folder, environment):
        found = at(prefix)
        if found:
            return found
    return None


def at(place: Path) -> Interpreter | None:
    """The interpreter at `place`: a Python, or the folder of an environment; None where none can be seen."""
    try:
        if place.is_dir():
            python = next((p for p in _pythons(place) if p.exists()), None)
            return None if python is None else _describe(python, place)
        if not place.exists():
            return None
    except PermissionError as error:
        log.warning("%s cannot be looked at: %s", place, error.strerror)
        return None
    # As written, not resolved: a virtual environment's Python is a link to the one it was made from.
    path = Path.cwd() / place
    return _describe(path, _prefix(path))


def _candidates(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    here = Path.cwd() / folder
    for parent in (here, *here.parents):
        for name in VENV_NAMES:
            if (parent / name / "pyvenv.cfg").is_file():
                yield parent / name
    for variable in VENV_VARIABLES:
        value = environment.get(variable)
        # The daemon's own environment has no torch; it is never meant.
        if value and Path(value) != Path(sys.prefix):
            yield Path(value)


def _pythons(prefix: Path) -> Iterator[Path]:
    yield prefix / "bin" / "python"
    yield prefix / "bin" / "python3"
    yield prefix / "Scripts" / "python.exe"
    yield prefix / "python.exe"


def _prefix(python: Path) -> Path:
    return python.parent.parent if python.parent.name in ("bin", "Scripts") else python.parent


def _describe(python: Path, prefix: Path) -> Interpreter:
    folders = tuple(_site_packages(prefix))
    if not folders:
        folders = tuple(_site_packages(_prefix(python.resolve())))
    return Interpreter(python, prefix, folders, _version(prefix, folders))


def _site_packages(prefix: Path) -> Iterator[Path]:
    for pattern in ("lib/python3.*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages"):
        yield from sorted(path for path in prefix.glob(pattern) if path.is_dir())
    local = prefix / "local" / "lib"
    if local.is_dir():
        yield from sorted(path for path in local.glob("python3.*/dist-packages") if path.is_dir())


def _version(prefix: Path, site_packages: tuple[Path, ...]) -> str | None:
    config = prefix / "pyvenv.cfg"
    try:
        lines = config.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip().lower() in ("version", "version_info"):
            return ".".join(value.strip().split(".")[:3])
    for folder in site_packages:
        if folder.parent.name.startswith("python3."):
            return folder.parent.name.removeprefix("python")
    return None
