"""The processes of a run: finding every one of them, hearing how they ended, ending what is left.

Elastic workers sit in sessions of their own, and an orphan has another parent: so a process belongs to a run
when it descends from this supervisor, or carries the run's id in its environment (or that of the parked
start which has become the run), or holds the run's lock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder
from tunesmith.core.parked import marks
from tunesmith.supervise import process_table

RUN_VARIABLE = "TUNESMITH_RUN"
_PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> None:
    """Let orphans below this process become its children, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap() -> dict[int, int]:
    """Exit codes of the children that ended since the last call, by process id; negative for a signal."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = os.waitstatus_to_exitcode(status)


def belonging(run: RunFolder, parked: str | None = None) -> set[int]:
    """Every living process of the run, this supervisor apart. `parked`: the id of what is no run yet."""
    found = process_table.descendants(os.getpid(), process_table.table())
    found |= _marked(marks(run) if parked is None else (parked,))
    holder = locks.holder(run.lock)
    # A holder on another machine of a shared disk has no process id here: 0, or a negative number.
    if holder is not None and holder > 0:
        found.add(holder)
    return found - {os.getpid()}


def send(pids: set[int], what: signal.Signals) -> set[int]:
    """Signal all of `pids`; one that is gone already is as good as ended. Returns those that are another
    user's by now, like a child that became root: they cannot be ended from here."""
    foreign: set[int] = set()
    for pid in pids:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            continue
        except PermissionError:
            foreign.add(pid)
    return foreign


def end_all(run: RunFolder, parked: str | None = None) -> dict[int, int]:
    """Kill until nothing of the run is alive, and return the exit codes of what was this process's child.

    Does not give up: the end of an attempt is only written when it is true. A process that hangs in the
    kernel keeps the run in the state "running".
    """
    ended: dict[int, int] = {}
    foreign: set[int] = set()
    pause = 0.02
    while left := belonging(run, parked) - foreign:
        foreign |= send(left, signal.SIGKILL)
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)
        ended.update(reap())
    ended.update(reap())
    return ended


def alive(pid: int) -> bool:
    """Whether `pid` is a process that has not ended; a zombie has, where the system shows it (Linux)."""
    if process_table.has_proc():
        return process_table.read(pid) is not None
    return process_table.exists(pid)


def is_marked(pid: int, *ids: str) -> bool:
    """Whether it was started with one of these ids in its environment, where the system shows it (Linux)."""
    try:
        environment = (process_table.PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return False  # It ended while we looked, or is another user's.
    whole = b"\0" + environment + b"\0"
    return any(f"\0{RUN_VARIABLE}={each}\0".encode() in whole for each in ids)


def _marked(ids: tuple[str, ...]) -> set[int]:
    if not process_table.has_proc():
        return set()
    pids = [int(path.name) for path in process_table.PROC.iterdir() if path.name.isdigit()]
    return {pid for pid in pids if is_marked(pid, *ids)}
