"""What the launcher's own output says about how a rank ended. Pure: text in, values out.

`accelerate launch` ends with code 1 whatever happened to a rank; only its words tell the signal and, with
several ranks, which one failed first.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass

_ROOT_CAUSE = "Root Cause (first observed failure)"
_RANK = re.compile(r"^\s*rank\s*:\s*(\d+)")
_EXIT_CODE = re.compile(r"^\s*exitcode\s*:\s*(-?\d+)")
_DIED_WITH = re.compile(r"died with <Signals\.(SIG[A-Z0-9]+)")
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt)\b.*|^.*\berror: .+|^.*: No module named .+")


@dataclass(frozen=True)
class FirstFailure:
    """The rank that failed first, as far as it is named, and the signal that ended it, if one did."""

    rank: int | None
    signal: str | None


def first_failure(lines: Sequence[str]) -> FirstFailure | None:
    """What the launcher names as the first failure; None when it names none."""
    for line in reversed(lines):
        if died := _DIED_WITH.search(line):
            return FirstFailure(0, died.group(1))
    start = next((i for i, line in enumerate(lines) if _ROOT_CAUSE in line), None)
    if start is None:
        return None
    rank = _first(_RANK, lines[start:])
    code = _first(_EXIT_CODE, lines[start:])
    return FirstFailure(rank, signal_name(-code) if code is not None and code < 0 else None)


def reason(lines: Sequence[str]) -> str | None:
    """The last line that reads like an error, else the last line that says anything."""
    said = [line.strip() for line in lines if line.strip()]
    errors = [line for line in said if _EXCEPTION.match(line)]
    return (errors or said or [None])[-1]


def signal_name(number: int) -> str:
    """`SIGKILL` for 9; `signal 99` for a number that has no name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> int | None:
    for line in lines:
        if found := pattern.match(line):
            return int(found.group(1))
    return None
