"""What each rank of an attempt is, says, uses and died of."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from tunesmith.core.error_line import error_line
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Exit
from tunesmith.runs.view import RankView

_USED = ("cpu_percent", "memory", "gpu_memory", "gpu_percent")


def look_at_ranks(attempt: AttemptFolder, running: bool, end: Exit | None) -> tuple[RankView, ...]:
    """The ranks that have started, in their order."""
    records = [path for path in attempt.rank_record(0).parent.glob("*.json") if path.stem.isdigit()]
    uses: dict[str, Any] = (read_json(attempt.resources) or {}).get("ranks", {}) if running else {}
    return tuple(
        _rank(attempt, int(path.stem), uses.get(path.stem, {}), running, end)
        for path in sorted(records, key=lambda path: int(path.stem))
    )


def _rank(
    attempt: AttemptFolder, number: int, use: dict[str, Any], running: bool, end: Exit | None
) -> RankView:
    record = read_json(attempt.rank_record(number)) or {}
    pid = int(record.get("pid", 0))
    elsewhere = record.get("host", platform.node()) != platform.node()
    outcome = (read_json(attempt.rank_end(number)) or {}).get("outcome")
    error = read_json(attempt.rank_error(number))
    alive = running and outcome is None and error is None and (elsewhere or exists(pid))
    said = error_line(error) if error else None
    if said is None and end is not None and end.rank == number:
        said = end.message
    return RankView(
        number,
        pid,
        alive,
        None if alive else outcome or ("failed" if said else "gone"),
        said,
        _if_there(attempt.rank_log(number)),
        str(attempt.rank_error(number)) if error and error.get("traceback") else None,
        **({name: use.get(name) for name in _USED} if alive else {}),
    )


def exists(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _if_there(path: Path) -> str | None:
    return str(path) if path.exists() else None
