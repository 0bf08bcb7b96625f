"""Where ranks that do nothing stand. They write it into their logs when they get a signal that they named.

The signal goes to nobody who does not handle it, because it would end him: a rank says in its record that it
does, and the system must agree.
"""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from tunesmith.core.files import read_json, size_of
from tunesmith.core.layout import AttemptFolder
from tunesmith.supervise import process_table, processes

MOST = 262144
"""Bytes of a log that are looked through."""
TOLD = 4
"""Ranks that are told of: more would fill a page, and mostly they stand at the same place."""

_HEAD = re.compile(r"^(?:Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):$", re.MULTILINE)
_FRAME = re.compile(r'^  File "(?P<file>[^"\n]+)", line (?P<line>\d+) in (?P<name>.+)$', re.MULTILINE)
_NOBODYS = re.compile(
    r"/(?:site|dist)-packages/|/lib/python3\.\d+/|/tunesmith/(?:runtime|stages|core)/|^<frozen "
)
"""Frames of libraries, Python's and ours."""


def ask(run_id: str, attempt: AttemptFolder, pids: dict[int, int]) -> dict[int, int]:
    """Have all ranks that can write down where they stand. Returns the sizes of their logs before."""
    asked: dict[int, int] = {}
    for rank, pid in pids.items():
        number = (read_json(attempt.rank_record(rank)) or {}).get("stack_signal")
        if isinstance(number, int) and handles(pid, number) and processes.is_marked(pid, run_id):
            asked[rank] = size_of(attempt.rank_log(rank))
            os.kill(pid, number)
    return asked


def answers(attempt: AttemptFolder, asked: dict[int, int]) -> str | None:
    """What they wrote since, in one line: `rank 1 waits in all_reduce (…)`."""
    found = {rank: waits_in(_since(attempt.rank_log(rank), start)) for rank, start in sorted(asked.items())}
    told = [f"rank {rank} {place}" for rank, place in found.items() if place]
    more = [f"{len(told) - TOLD} more"] if len(told) > TOLD else []
    line = ", ".join([*told[:TOLD], *more])
    return line[:1].upper() + line[1:] if line else None


def waits_in(dump: str) -> str | None:
    """Of what faulthandler wrote about all threads, where the main one stands; it is written last."""
    heads = list(_HEAD.finditer(dump))
    frames = list(_FRAME.finditer(dump, heads[-1].end())) if heads else []
    if not frames:
        return None
    innermost = f"{frames[0]['name']} ({_place(frames[0])})"
    own = next((frame for frame in frames if not _NOBODYS.search(frame["file"])), None)
    if own is frames[0]:
        return f"is in {innermost}"
    return f"waits in {innermost}, called in {_place(own)}" if own else f"waits in {innermost}"


def handles(pid: int, number: int) -> bool:
    """Whether the process has a handler for this signal, where the system tells (Linux)."""
    try:
        status = (process_table.PROC / str(pid) / "status").read_text()
    except OSError:
        return False
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return caught is not None and 0 < number < signal.NSIG and bool(int(caught[1], 16) >> (number - 1) & 1)


def _place(frame: re.Match[str]) -> str:
    return f"{Path(frame['file']).name}:{frame['line']}"


def _since(log: Path, start: int) -> str:
    try:
        with open(log, "rb") as file:
            file.seek(start)
            return file.read(MOST).decode("utf-8", "replace")
    except OSError:
        return ""
