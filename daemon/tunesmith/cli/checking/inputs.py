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


MOST_BYTES_OF_A_RECIPE = 16 * 1024 * 1024


class Unusable(Exception):
    """Why nothing can be checked, as a sentence."""


@dataclass(frozen=True)
class Unread(Exception):
    """A file that could not be checked; `why` completes "FILE: not read: …"."""

    file: Path
    why: str


@dataclass(frozen=True)
class Input:
    """`file` is absolute. `given` is its text when it came over standard input. `is_named`: on the command
    line, rather than found in a folder."""

    file: Path
    is_named: bool
    given: str | None = None

    def text(self) -> str | None:
        """With line breaks as \\n; None for what is too large to be a configuration, and for what was only
        found and cannot be read. Raises Unread."""
        if self.given is not None:
            return self.given
        is_recipe = self.file.name.endswith(SUFFIX)
        try:
            size = self.file.stat().st_size
            if not is_recipe and size > MOST_BYTES:
                return None
            if size > MOST_BYTES_OF_A_RECIPE:
                raise Unread(self.file, f"it is larger than {MOST_BYTES_OF_A_RECIPE // 2**20} MB")
            return self.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            if self.is_named or is_recipe:
                raise Unread(self.file, reason_of(error)) from error
            return None


def inputs_of(path: Path, stdin_name: Path | None) -> list[Input]:
    """What a word of the command line stands for."""
    if path == STDIN:
        if stdin_name is None:
            raise Unusable("Standard input needs --stdin-name: it says what kind of file it is, and where.")
        try:
            return [Input(_absolute(stdin_name), True, sys.stdin.read())]
        except UnicodeDecodeError as error:
            raise Unusable(f"Standard input cannot be read: {reason_of(error)}.") from error
    if not path.exists():
        raise Unusable(f"{path}: there is no such file.")
    if not path.is_dir():
        return [Input(_absolute(path), True)]
    return [Input(_absolute(file), False) for file in _files_in(path)]


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    """In a few words."""
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 from byte {error.start + 1} on"
    return error.strerror or str(error)


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
