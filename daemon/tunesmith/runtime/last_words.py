"""What a rank says of the exception that ends it."""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path
from types import TracebackType

from tunesmith.core.files import last_lines, write_json
from tunesmith.core.layout import AttemptFolder

OURS = str(Path(__file__).parents[1])
RUNPY = "<frozen runpy>"


def record_error(attempt: AttemptFolder, rank: int, error: BaseException) -> int:
    """The exception into the log, and into a file of its own for whoever shows why the run failed.

    Returns the exit code of the process.
    """
    record: dict[str, object] = {"time": time.time(), "rank": rank}
    if isinstance(error, SystemExit):
        code, message = _exit(error, attempt.rank_log(rank))
        record |= {"type": f"Exit code {code}", "message": message, "traceback": ""}
    else:
        code = 1
        text = "".join(traceback.format_exception(type(error), error, users_part(error.__traceback__)))
        print(text, file=sys.stderr, flush=True)
        record |= {"type": type(error).__name__, "message": str(error), "traceback": text}
    write_json(attempt.rank_error(rank), record)
    return code


def users_part(trace: TracebackType | None) -> TracebackType | None:
    """A traceback from the user's file on: what started it is nobody's business.

    One of the built-in training, which goes through no user's file, stays whole.
    """
    rest, through_runpy = trace, False
    while rest is not None:
        file = rest.tb_frame.f_code.co_filename
        if file == RUNPY or file.endswith("/runpy.py"):
            through_runpy = True
        elif not file.startswith(OURS):
            break
        rest = rest.tb_next
    return rest if through_runpy else trace


def _exit(end: SystemExit, log: Path) -> tuple[int, str]:
    """The code of a `sys.exit`, and why: its own text, else the last line of the log."""
    if end.code is not None and not isinstance(end.code, int):
        print(end.code, file=sys.stderr, flush=True)
        return 1, str(end.code)
    sys.stdout.flush()
    sys.stderr.flush()
    said = [line for line in last_lines(log) if line.strip()]
    return int(end.code or 0) & 0xFF or 1, said[-1].strip() if said else ""
