"""What an attempt left behind about its end: the files of its ranks, requests, the launcher's last words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.files import last_lines, read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.supervise import launcher_log
from tunesmith.supervise.launcher_log import FirstFailure
from tunesmith.supervise.watch import Watched, rank_pids


@dataclass(frozen=True)
class RankEnd:
    """A rank that started. `outcome` and `error` are its own last words, `code` what the system said of it.

    A rank with none of the three vanished: it was killed, or left without a word.
    """

    pid: int
    outcome: str | None = None
    error: str | None = None
    error_time: float = 0.0
    code: int | None = None


@dataclass(frozen=True)
class Evidence:
    """`code` is the launcher's exit code, negative for a signal; None if this one was not its parent.

    `witnessed` says that this supervisor saw the attempt alive; `overdue` that it did not end when asked to.
    """

    code: int | None
    ranks: Mapping[int, RankEnd]
    stopped_by: str | None = None
    killed_by: str | None = None
    overdue: bool = False
    witnessed: bool = True
    first_failure: FirstFailure | None = None
    launcher_says: str | None = None


def gather(attempt: AttemptFolder, watched: Watched) -> Evidence:
    """Read it all."""
    lines = last_lines(attempt.launcher_log, 65536)
    return Evidence(
        watched.code,
        {rank: _end(attempt, rank, pid, watched.codes) for rank, pid in rank_pids(attempt).items()},
        _by(attempt.stop_request),
        _by(attempt.kill_request),
        watched.overdue,
        watched.witnessed,
        launcher_log.first_failure(lines),
        launcher_log.reason(lines),
    )


def _end(attempt: AttemptFolder, rank: int, pid: int, codes: Mapping[int, int]) -> RankEnd:
    end = read_json(attempt.rank_end(rank)) or {}
    error = read_json(attempt.rank_error(rank))
    return RankEnd(
        pid,
        outcome=end.get("outcome"),
        error=None if error is None else _one_line(error),
        error_time=float((error or {}).get("time", 0.0)),
        code=codes.get(pid),
    )


def _one_line(error: Mapping[str, object]) -> str:
    first = next((line for line in str(error.get("message", "")).splitlines() if line.strip()), "")
    return f"{error.get('type', 'Error')}: {first.strip()}".rstrip(": ")


def _by(request: Path) -> str | None:
    if not request.exists():
        return None
    return str((read_json(request) or {}).get("by", "somebody"))
