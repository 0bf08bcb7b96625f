"""A script or module of the user's, as a file: whether it is there and is Python. It is never run."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST = 4 * 1024 * 1024
LONGEST_NAME = 240
"""Bytes of a part of a module's name; file systems take some 250."""
MOST_NEAR = 500
"""Files of a folder that are looked at for one that was meant."""


@dataclass(frozen=True)
class SyntaxProblem:
    """`newest` is the Python whose grammar was held against it: a later one may know more."""

    message: str
    line: int
    newest: tuple[int, int]


@dataclass(frozen=True)
class ScriptFile:
    """`near` names the Python files beside it, when it is not there itself."""

    path: Path
    exists: bool
    problem: SyntaxProblem | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModuleFile:
    """`found` is None when that cannot be said."""

    name: str
    found: bool | None


def script_fingerprint(path: Path) -> str:
    """Changes with the file, and with what lies beside a file that is not there."""
    for place in (path, path.parent):
        try:
            about = place.stat()
        except (OSError, ValueError):
            continue
        return f"{place == path} {about.st_mtime_ns} {about.st_size}"
    return ""


def read_script_file(path: Path) -> ScriptFile:
    """Look at one file. Never raises: what cannot be read has no problem that is known."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            return ScriptFile(path, exists=True)
        return ScriptFile(path, exists=True, problem=_problem(path.read_bytes(), path))
    except (FileNotFoundError, NotADirectoryError):
        return ScriptFile(path, exists=False, near=_near(path.parent))
    except (OSError, ValueError):
        return ScriptFile(path, exists=True)


def read_module(folder: Path, name: str, site_packages: Sequence[Path]) -> ModuleFile:
    """Whether `python -m NAME` in `folder` would find something to run."""
    if not any(module_files(folder, name)):
        return ModuleFile(name, found=False)
    if any(file.is_file() for place in (folder, *site_packages) for file in module_files(place, name)):
        return ModuleFile(name, found=True)
    parts = name.split(".")
    # Packages that are installed for editing lie anywhere, and the standard library is no folder of these.
    elsewhere = parts[0] in sys.stdlib_module_names or any(
        _points_elsewhere(place) for place in site_packages
    )
    return ModuleFile(name, found=None if elsewhere or not site_packages else False)


def module_fingerprint(folder: Path, name: str) -> str:
    return " ".join(_mark(file) for file in (folder, *(place.parent for place in module_files(folder, name))))


def module_files(folder: Path, name: str) -> tuple[Path, ...]:
    """What `python -m NAME` would run of a folder, the first that is there; none for what names no module."""
    parts = name.split(".")
    if not all(part.isidentifier() and len(part.encode()) <= LONGEST_NAME for part in parts):
        return ()
    place = folder.joinpath(*parts)
    return place.with_name(f"{place.name}.py"), place / "__main__.py"


def _points_elsewhere(site_packages: Path) -> bool:
    return any(
        "editable" in path.name or path.name == "easy-install.pth" for path in site_packages.glob("*.pth")
    )


def _problem(source: bytes, path: Path) -> SyntaxProblem | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return SyntaxProblem(error.msg, error.lineno or 1, sys.version_info[:2])
    except (ValueError, RecursionError, MemoryError):  # A null byte, or nesting that only this check minds.
        return None
    return None


def _near(folder: Path) -> tuple[str, ...]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry, _ in zip(entries, range(MOST_NEAR), strict=False)]
    except (OSError, ValueError):
        return ()
    return tuple(sorted(name for name in names if name.endswith(".py")))


def _mark(place: Path) -> str:
    try:
        return str(place.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        return type(error).__name__
