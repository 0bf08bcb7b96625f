"""All the Pythons that somebody may want to train with. Files are looked at, nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from tunesmith.facts import interpreter
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import expanded

Source = Literal["chosen", "near", "known", "active", "conda", "pyenv", "home", "path"]

CONDA_ROOTS = ("miniforge3", "mambaforge", "miniconda3", "anaconda3", "micromamba", "conda")
CONDA_PLACES = ("~", "/opt", "/usr/local")
ON_PATH = re.compile(r"python(3(\.\d+)?)?")
MOST = 200
"""Entries of one folder that are looked at."""


@dataclass(frozen=True)
class Found:
    interpreter: Interpreter
    source: Source


def environments(
    folder: Path | None, known: Iterable[str] = (), environment: Mapping[str, str] = os.environ
) -> list[Found]:
    """Each once, the likeliest first. `known` are paths that somebody else has found."""
    home = expanded("~")
    places: tuple[tuple[Source, Iterator[Path]], ...] = (
        ("near", _near(folder)),
        ("known", map(expanded, known)),
        ("active", interpreter.active(environment)),
        ("conda", _conda(home, environment)),
        ("pyenv", _below(Path(environment.get("PYENV_ROOT") or home / ".pyenv") / "versions")),
        ("home", _below(Path(environment.get("WORKON_HOME") or home / ".virtualenvs"))),
        ("path", _on_path(environment)),
    )
    found: dict[Path, Found] = {}
    for source, candidates in places:
        for place in candidates:
            one = interpreter.at(place, environment)
            if one is not None:
                found.setdefault(identity(one), Found(one, source))
    return list(found.values())


def identity(one: Interpreter) -> Path:
    """The same for every way to one Python, but not for two environments that were made from one Python."""
    return one.path.resolve() if one.kind == "system" else one.prefix.resolve()


def _near(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield from interpreter.near(folder)
        for place in _below(folder):
            if (place / "pyvenv.cfg").is_file() or (place / "conda-meta").is_dir():
                yield place


def _conda(home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """The list that conda keeps, and what lies in its installations."""
    for line in _lines(home / ".conda" / "environments.txt"):
        yield Path(line)
    for root in _conda_roots(environment):
        if (root / "conda-meta").is_dir():
            yield root
        yield from _below(root / "envs")
    for folders in ("CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"):
        for folder in environment.get(folders, "").split(os.pathsep):
            if folder:
                yield from _below(expanded(folder))
    yield from _below(home / ".conda" / "envs")


def _conda_roots(environment: Mapping[str, str]) -> Iterator[Path]:
    if executable := environment.get("CONDA_EXE"):
        yield Path(executable).parent.parent
    if root := environment.get("MAMBA_ROOT_PREFIX"):
        yield Path(root)
    for place in CONDA_PLACES:
        for name in CONDA_ROOTS:
            yield expanded(place) / name


def _on_path(environment: Mapping[str, str]) -> Iterator[Path]:
    for written in environment.get("PATH", "").split(os.pathsep):
        folder = Path(written)
        # pyenv's shims are scripts that choose a Python when they are run.
        if written and folder.name != "shims":
            yield from sorted(path for path in _entries(folder) if ON_PATH.fullmatch(path.name))


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(islice(_entries(folder), MOST)) if path.is_dir())


def _entries(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield Path(entry.path)
    except OSError:
        return  # Not there, or nobody's to look into: it holds nothing to choose then.


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()]
