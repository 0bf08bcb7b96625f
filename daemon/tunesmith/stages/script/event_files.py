"""Finding the event files that a program writes, whoever opens them and wherever: Python tells of every open.

Seen are writers in Python: torch's SummaryWriter, tensorboardX, accelerate's tracker, Trainer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARK = "tfevents"
WRITING = os.O_WRONLY | os.O_RDWR


def watch(found: Callable[[Path], None], ours: Path) -> None:
    """Call `found` with the absolute path of every event file that is opened for writing, once.

    Those in or below `ours` are known already. There is no way to end this: an audit hook stays.
    """
    known: set[str] = set()
    inside = str(ours) + os.sep

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event != "open":
            return
        name = event_file(args)
        if name is None or name in known:
            return
        known.add(name)
        if name.startswith(inside):
            return
        try:
            found(Path(name))
        except Exception as error:  # noqa: BLE001 - it would keep the program from opening its file
            print(f"tunesmith: {name} is not shown: {error}", file=sys.stderr, flush=True)

    sys.addaudithook(audit)


def event_file(args: tuple[Any, ...]) -> str | None:
    """The path, made absolute, in the arguments (path, mode, flags) of an `open`, if it is an event file."""
    path, _, flags = args
    if not isinstance(flags, int) or not flags & WRITING:
        return None
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str) or MARK not in os.path.basename(path):  # noqa: PTH119 - it is called often
        return None
    return os.path.abspath(path)  # noqa: PTH100 - it does not follow links, and is cheaper
