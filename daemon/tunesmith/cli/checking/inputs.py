"""Which texts `tunesmith check` looks at: those of the named files, and what lies in the named folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.dialects.likely import LARGEST
from tunesmith.ide.foreign import as_opened
from tunesmith.server.checking import is_concerned
from tunesmith.stages.recipe import SUFFIX

STDIN = Path("-")
NOT_OURS = frozenset(("node_modules", "site-packages", "__pycache__"))
"""Folders full of other people's files. Those whose name begins with a dot are passed over, too: runs keep
their recipes there, and environments and repositories their own."""

MOST_BYTES = 4 * LARGEST
"""No text of this size has few enough characters."""


class Unusable(Exception):
    """Why nothing can be checked, as a sentence."""


@dataclass(frozen=True)
class Input:
    """`file` is absolute. `given` is its text when it came over standard input. `is_named`: on the command
    line, rather than found in a folder."""

    file: Path
    is_named: bool
    given: str | None = None

    def text(self) -> str | None:
        """With line breaks as \\n; None for what was only found, and is no text. Raises OSError and
        UnicodeDecodeError."""
        if self.given is not None:
            return self.given
        try:
            return self.file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if self.is_named or self.file.name.endswith(SUFFIX):
                raise
            return None


def inputs_of(path: Path, stdin_name: Path | None) -> list[Input]:
    """What a word of the command line stands for."""
    if path == STDIN:
        if stdin_name is None:
            raise Unusable("Standard input needs --stdin-name: it says what kind of file it is, and where.")
        return [Input(_absolute(stdin_name), True, sys.stdin.read())]
    if not path.exists():
        raise Unusable(f"{path}: there is no such file.")
    if not path.is_dir():
        return [Input(_absolute(path), True)]
    found = [Input(_absolute(file), False) for file in _files_in(path)]
    if not found:
        raise Unusable(f"{path} holds no training configuration.")
    return found


def _absolute(path: Path) -> Path:
    return as_opened(path.absolute())


def _files_in(path: Path) -> Iterator[Path]:
    """What in and below a folder may be a training configuration by its name and size."""
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if _is_entered(Path(folder, name)))
        for name in sorted(names):
            file = Path(folder, name)
            if is_concerned(file) and _is_read(file):
                yield file


def _is_entered(folder: Path) -> bool:
    own = folder.name.startswith(".") or folder.name in NOT_OURS
    return not own and not (folder / "pyvenv.cfg").exists()


def _is_read(file: Path) -> bool:
    """Whether a file that nobody named is worth it: a link to nothing and a large one are not."""
    try:
        return file.is_file() and (file.name.endswith(SUFFIX) or file.stat().st_size <= MOST_BYTES)
    except OSError:
        return False
