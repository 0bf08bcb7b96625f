"""What an attempt left behind about its end: the files of its ranks, requests, the launcher's last words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunesmith.core import in_place
from tunesmith.core.error_line import error_line
from tunesmith.core.files import last_lines, read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.supervise import launcher_log
from tunesmith.supervise.rank_records import pids_here, rank_pids
from tunesmith.supervise.watch import Watched


@dataclass(frozen=True)
class RankEnd:
    """A rank that started. `outcome` and `error` are its own last words, each with its time.

    `code` is what the system or the launcher said of it, negative for a signal; `gone` is when it was first
    missed, on the supervisor's clock. A rank that left no word was killed, or left by `os._exit`.
    `memory` is what it used when that was last looked at, in bytes.
    """

    pid: int = 0
    outcome: str | None = None
    error: str | None = None
    time: float = 0.0
    code: int | None = None
    gone: float | None = None
    memory: int | None = None

    @property
    def silent(self) -> bool:
        return self.outcome is None and self.error is None


@dataclass(frozen=True)
class Evidence:
    """`code` is the launcher's exit code, negative for a signal; None if this one was not its parent.

    `witnessed` says that this supervisor saw the attempt alive; `overdue` for how many
    seconds it gave no sign of life after it was asked to end, if it was ended for that.
    `disk_free` counts bytes where the run is kept; `out_of_memory` says that the system killed a process for
    its memory meanwhile. `hung` is why it was ended when it made no step any more; `apart` what was wrong
    with the connection to other machines.
    """

    code: int | None
    ranks: Mapping[int, RankEnd] = field(default_factory=dict[int, RankEnd])
    stopped_by: str | None = None
    killed_by: str | None = None
    overdue: float | None = None
    witnessed: bool = True
    launcher_says: str | None = None
    disk_free: int | None = None
    out_of_memory: bool = False
    hung: str | None = None
    apart: str | None = None


def gather(attempt: AttemptFolder, watched: Watched) -> Evidence:
    """Read it all."""
    lines = last_lines(attempt.launcher_log, 65536)
    codes = {**_codes_elsewhere(attempt), **launcher_log.exit_codes(lines)}
    pids, here = rank_pids(attempt), pids_here(attempt)
    seen = {rank: watched.codes.get(here.get(rank, 0), codes.get(rank)) for rank in {*pids, *codes}}
    return Evidence(
        watched.code,
        {rank: _end(attempt, rank, pids.get(rank, 0), seen[rank], watched) for rank in sorted(seen)},
        _by(attempt.stop_request),
        _by(attempt.kill_request),
        watched.overdue,
        watched.witnessed,
        launcher_log.reason(lines),
        _free(attempt.path),
        watched.out_of_memory,
        watched.hung,
        watched.apart,
    )


def _end(attempt: AttemptFolder, rank: int, pid: int, code: int | None, watched: Watched) -> RankEnd:
    end = read_json(attempt.rank_end(rank)) or {}
    error = read_json(attempt.rank_error(rank))
    return RankEnd(
        pid,
        outcome=end.get("outcome"),
        error=None if error is None else error_line(error),
        time=float((error or end).get("time", 0.0)),
        code=code,
        gone=watched.gone.get(rank),
        memory=_memory(attempt).get(rank),
    )


def _codes_elsewhere(attempt: AttemptFolder) -> dict[int, int]:
    """What the launchers of other machines say of their ranks."""
    codes: dict[int, int] = {}
    for log in attempt.launcher_log.parent.glob("launcher-*.log"):
        codes |= launcher_log.exit_codes(last_lines(log, 65536))
    return codes


def _memory(attempt: AttemptFolder) -> dict[int, int]:
    """What each rank used when that was last looked at."""
    uses: dict[str, dict[str, Any]] = (read_json(attempt.resources) or {}).get("ranks", {})
    return {int(rank): int(use["memory"]) for rank, use in uses.items()}


def _by(request: Path) -> str | None:
    record = in_place.read(request)
    return None if record is None else str(record.get("by", "somebody"))


def _free(folder: Path) -> int:
    system = os.statvfs(folder)
    return system.f_bavail * system.f_frsize
