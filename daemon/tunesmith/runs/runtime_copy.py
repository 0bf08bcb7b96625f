"""The code that runs beside the user's packages, copied once a version into a folder of its own.

An upgrade or removal of the daemon in mid-run touches no run: what a run started with stays where it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import tunesmith
from tunesmith.core.user_data import user_data

ROOMS = ("core", "stages", "supervise", "runtime")


def runtime_copy(data_home: Path | None = None) -> Path:
    """The folder to put on PYTHONPATH. It is made on the first call for this content, and never changed."""
    package = Path(tunesmith.__file__).parent
    files = {path.relative_to(package.parent): path.read_bytes() for path in _sources(package)}
    copies = (data_home or user_data(os.environ)) / "runtime"
    copy = copies / _digest(files)
    if not copy.is_dir():
        _build(copy, files)
    return copy


def _sources(package: Path) -> list[Path]:
    inside = [path for room in ROOMS for path in (package / room).rglob("*.py")]
    return sorted([package / "__init__.py", *inside])


def _digest(files: Mapping[Path, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _build(copy: Path, files: Mapping[Path, bytes]) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".new-", dir=copy.parent))
    partial.chmod(0o755)
    for name, content in files.items():
        (partial / name).parent.mkdir(parents=True, exist_ok=True)
        (partial / name).write_bytes(content)
    try:
        partial.rename(copy)
    except OSError:
        shutil.rmtree(partial)
        if not copy.is_dir():  # Somebody else made the same copy first, or it failed.
            raise
