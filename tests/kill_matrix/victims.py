"""Finding the process that a case kills, and ending it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from process_scan import marked
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.parked import marks

from kill_matrix.cases import Victim
from kill_matrix.played import until


def find(victim: Victim, run: RunFolder) -> int | None:
    """The process id of what belongs to the run; None when it is not there (yet)."""
    match victim:
        case Victim.SUPERVISOR:
            return supervisor(run)
        case Victim.LAUNCHER:
            return child(supervisor(run) or 0, "accelerate.commands.launch")
        case Victim.RANK_0 | Victim.RANK_1:
            return rank(run, 0 if victim is Victim.RANK_0 else 1)
        case _:
            raise ValueError(f"no run has a {victim.value}")


def supervisor(run: RunFolder) -> int | None:
    return locks.holder(run.supervisor_lock)


def rank(run: RunFolder, number: int) -> int | None:
    record = read_json(run.attempt(1).rank_record(number))
    return None if record is None else int(record["pid"])


async def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    await until("it is gone", lambda: is_gone(pid))


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
    found = {pid for each in marks(run) for pid in marked(each)}
    return {pid for pid in found if pid != os.getpid() and not is_gone(pid)}


def _parent(path: Path) -> int:
    return int((path / "stat").read_text().rpartition(")")[2].split()[1])


def _command(path: Path) -> str:
    return (path / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
