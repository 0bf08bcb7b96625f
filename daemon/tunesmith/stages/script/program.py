"""Running the user's program in this process, as Python itself would run it."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run_script(path: Path, arguments: list[str]) -> None:
    """What `python PATH ARGUMENTS` does."""
    with _program(str(path), str(path.parent), arguments):
        runpy.run_path(str(path), run_name="__main__")


def run_module(name: str, arguments: list[str]) -> None:
    """What `python -m NAME ARGUMENTS` does in the current folder."""
    with _program(name, str(Path.cwd()), arguments):
        runpy.run_module(name, run_name="__main__", alter_sys=True)


@contextmanager
def _program(argv0: str, first: str, arguments: list[str]) -> Iterator[None]:
    """The program's place and arguments. `sys.exit()` and `sys.exit(0)` end it like its last line."""
    # Ours was for our own start: what the program starts itself finds its neighbours as ever.
    os.environ.pop("PYTHONSAFEPATH", None)
    sys.path.insert(0, first)
    sys.argv[:] = [argv0, *arguments]
    try:
        yield
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
