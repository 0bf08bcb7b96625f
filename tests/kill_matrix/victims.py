"""Finding the process that a case kills."""

from __future__ import annotations

import os
from pathlib import Path

from process_scan import marked
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder

from kill_matrix.cases import Victim


def find(victim: Victim, run: RunFolder, daemon: int | None) -> int | None:
    """Its process id; None when it is not there (yet)."""
    match victim:
        case Victim.DAEMON:
            return daemon
        case Victim.METRICS:
            return None if daemon is None else child(daemon, "tunesmith.metrics")
        case Victim.SUPERVISOR:
            return locks.holder(run.supervisor_lock)
        case Victim.LAUNCHER:
            return child(locks.holder(run.supervisor_lock) or 0, "accelerate.commands.launch")
        case Victim.RANK_0 | Victim.RANK_1:
            record = read_json(run.attempt(1).rank_record(0 if victim is Victim.RANK_0 else 1))
            return None if record is None else int(record["pid"])


def child(parent: int, word: str) -> int | None:
    """The child of `parent` whose command line has this word."""
    for path in Path("/proc").iterdir():
        try:
            if path.name.isdigit() and _parent(path) == parent and word in _command(path):
                return int(path.name)
        except OSError:
            continue  # It ended while we looked.
    return None


def is_gone(pid: int) -> bool:
    """Whether it has ended, and holds no lock any more; one whose parent has not asked yet has, too.

    The first of several threads shows as ended while others still hold what they share.
    """
    place = Path("/proc") / str(pid)
    try:
        ended = (place / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return ended and len(list((place / "task").iterdir())) == 1
    except OSError:
        return True


def in_session(run: RunFolder) -> set[int]:
    """What lives of the run's launch: launcher and ranks with all that they started."""
    return {pid for pid in marked(run.id) if pid != os.getpid() and not is_gone(pid)}


def _parent(path: Path) -> int:
    return int((path / "stat").read_text().rpartition(")")[2].split()[1])


def _command(path: Path) -> str:
    return (path / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
