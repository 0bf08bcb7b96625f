"""All processes of the machine at one moment: who is whose parent, what each has used so far.

Linux is read from /proc, one file a process. Elsewhere `ps` is asked, which knows a process's share of a core
instead of the time that it has used.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PS = ("/bin/ps", "-axo", "pid=,ppid=,stat=,pcpu=,rss=")


@dataclass(frozen=True)
class Process:
    """A living process. `started` tells it from a later one with the same id.

    `seconds` is the processor time that it has used; where only its `share` of a core is known, that is
    given instead. `memory` is what of it is resident, in bytes.
    """

    parent: int
    started: int
    memory: int
    seconds: float = 0.0
    share: float | None = None


Table = Mapping[int, Process]


def has_proc() -> bool:
    """Whether the system shows its processes as files (Linux)."""
    return (PROC / "self").exists()


def table() -> dict[int, Process]:
    """Every living process; zombies are left out."""
    return _from_proc() if has_proc() else from_ps()


def descendants(root: int, processes: Table) -> set[int]:
    """All that are below `root`, itself apart."""
    return families([root], processes)[root]


def families(roots: Iterable[int], processes: Table) -> dict[int, set[int]]:
    """What is below each of `roots`, itself apart."""
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    found: dict[int, set[int]] = {}
    for root in roots:
        below = found[root] = set()
        waiting = [root]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                below.add(child)
                waiting.append(child)
    return found


def read(pid: int) -> Process | None:
    """One process, where the system shows it (Linux); None when it has ended."""
    try:
        return parse_stat((PROC / str(pid) / "stat").read_bytes())
    except OSError:
        return None


def parse_stat(stat: bytes) -> Process | None:
    """/proc/PID/stat; None for a process that has ended and waits for its parent to ask."""
    # The command's name stands in brackets and may hold anything: what counts follows the last one.
    fields = stat[stat.rindex(b")") + 2 :].split()
    if fields[0] in (b"Z", b"X"):
        return None
    return Process(
        parent=int(fields[1]),
        started=int(fields[19]),
        memory=int(fields[21]) * _PAGE,
        seconds=(int(fields[11]) + int(fields[12])) / _TICK,
    )


def parse_ps(text: str) -> dict[int, Process]:
    """What `ps` prints for the columns that are asked of it here."""
    found: dict[int, Process] = {}
    for line in text.splitlines():
        pid, parent, state, share, memory = line.split()[:5]
        if not state.startswith("Z"):
            used = float(share.replace(",", ".")) / 100
            found[int(pid)] = Process(int(parent), 0, int(memory) * 1024, share=used)
    return found


def available_memory() -> int | None:
    """Bytes that new processes could get, where the system shows it (Linux)."""
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def own_memory(pid: int) -> int | None:
    """Bytes that this process shares with no other, where the system shows it (Linux)."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_bytes()
    except OSError:
        return None
    return parse_smaps(text)


def parse_smaps(text: bytes) -> int:
    """The private memory in /proc/PID/smaps_rollup."""
    lines = [line.split() for line in text.splitlines() if line.startswith(b"Private_")]
    return sum(int(words[1]) for words in lines) * 1024


def _from_proc() -> dict[int, Process]:
    pids = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
    return {pid: process for pid in pids if (process := read(pid)) is not None}


def from_ps() -> dict[int, Process]:
    """What `ps` lists, itself apart: it is a child of this process, and has ended by now."""
    text = subprocess.run(_PS, capture_output=True, text=True, timeout=10, check=True).stdout
    listed = parse_ps(text).items()
    return {pid: one for pid, one in listed if one.parent != os.getpid() or exists(pid)}


def exists(pid: int) -> bool:
    """Whether `pid` is a process; costs less than `read`, and a zombie is one."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # Somebody else's, who got the number of one that has ended.
        return False
    return True
