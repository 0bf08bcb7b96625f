"""What the folder of a Python environment tells of itself. Files are looked at, nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["venv", "conda", "system"]

SITE_PACKAGES = ("lib/python3.*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages")
OF_DEBIAN = "local/lib/python3.*/dist-packages"
CONDA_PYTHON = re.compile(r"python-(3\.[\d.]+)-.*\.json")
EXECUTABLE = re.compile(r"python(\d\.\d+)")
# pyenv names the folder after the version.
VERSION = re.compile(r"\d+\.\d+\.\d+")


def kind_of(prefix: Path) -> Kind:
    if (prefix / "pyvenv.cfg").is_file():
        return "venv"
    return "conda" if (prefix / "conda-meta").is_dir() else "system"


def name_of(prefix: Path) -> str:
    """What people call it. Conda's rule: the name below `envs/`, `base` for the root, else the path."""
    if kind_of(prefix) != "conda":
        return prefix.name or str(prefix)
    if is_conda_root(prefix):
        return "base"
    return prefix.name if prefix.parent.name == "envs" else str(prefix)


def is_conda_root(prefix: Path) -> bool:
    """Whether conda itself is installed there."""
    return (prefix / "conda-meta").is_dir() and (prefix / "condabin").is_dir()


def pythons(prefix: Path) -> Iterator[Path]:
    """Where an environment keeps its Python, the likeliest first."""
    yield prefix / "bin" / "python"
    yield prefix / "bin" / "python3"
    yield prefix / "Scripts" / "python.exe"
    yield prefix / "python.exe"


def prefix_of(python: Path) -> Path:
    return python.parent.parent if python.parent.name in ("bin", "Scripts") else python.parent


def configuration(prefix: Path) -> Mapping[str, str]:
    """The lines of pyvenv.cfg by their keys in small letters; empty outside a virtual environment."""
    try:
        text = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def version_of(python: Path, prefix: Path) -> str | None:
    """`3.11.9` where it is written down, else `3.11` where a name tells it, else None."""
    written = configuration(prefix)
    for key in ("version", "version_info"):
        if key in written:
            return ".".join(written[key].split(".")[:3])
    for record in sorted(prefix.glob("conda-meta/python-3*.json")):
        if match := CONDA_PYTHON.fullmatch(record.name):
            return match[1]
    if prefix.parent.name == "versions" and VERSION.fullmatch(prefix.name):
        return prefix.name
    if match := EXECUTABLE.fullmatch(python.resolve().name):
        return match[1]
    libraries = (folder.parent.name for folder in own_packages(prefix))
    named = (EXECUTABLE.fullmatch(name) for name in libraries)
    return next((match[1] for match in named if match), None)


def own_packages(prefix: Path) -> Iterator[Path]:
    """The folders with the packages of this environment alone."""
    for pattern in (*SITE_PACKAGES, OF_DEBIAN):
        yield from sorted(path for path in prefix.glob(pattern) if path.is_dir())


def packages(python: Path, prefix: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """All folders that this Python would look for packages in, in its order, as far as they exist."""
    own = list(own_packages(prefix))
    written = configuration(prefix)
    found = [*_folders(environment.get("PYTHONPATH", "")), *own]
    alone = kind_of(prefix) == "venv" and written.get("include-system-site-packages", "").lower() != "true"
    if not alone:
        found += _of_user(version_of(python, prefix), environment)
    if not own:
        found += own_packages(prefix_of(python.resolve()))
    if not alone and "home" in written:
        found += own_packages(Path(written["home"]).parent)
    linked = [folder for place in found for folder in _linked(place)]
    return tuple(dict.fromkeys([*found, *linked]))


def _of_user(version: str | None, environment: Mapping[str, str]) -> Iterator[Path]:
    """`pip install --user`."""
    home = environment.get("PYTHONUSERBASE") or os.path.join(environment.get("HOME", ""), ".local")  # noqa: PTH118
    if version and Path(home).is_absolute() and not environment.get("PYTHONNOUSERSITE"):
        minor = ".".join(version.split(".")[:2])
        folder = Path(home) / "lib" / f"python{minor}" / "site-packages"
        if folder.is_dir():
            yield folder


def _linked(site: Path) -> Iterator[Path]:
    """The folders that `*.pth` files add."""
    for file in sorted(site.glob("*.pth")):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                folder = site / line.strip()
                if os.path.isdir(folder):  # noqa: PTH112 - Path raises for a long name
                    yield folder


def _folders(path: str) -> Iterator[Path]:
    yield from (Path(part) for part in path.split(os.pathsep) if part and Path(part).is_dir())
