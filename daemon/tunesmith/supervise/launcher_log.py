"""What the launcher's own output says about how its ranks ended. Pure: text in, values out.

`accelerate launch` ends with code 1 whatever happened to a rank; only its words tell how each one ended.
Which of several it calls the first is chance: it looks ten times a second and keeps whole seconds.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence

_FAILURES = "Failures:"
_RANK = re.compile(r"^\s*rank\s*:\s*(\d+)")
_EXIT_CODE = re.compile(r"^\s*exitcode\s*:\s*(-?\d+)")
_DIED_WITH = re.compile(r"CalledProcessError: .* died with <Signals\.SIG\w+: (\d+)>")
_RETURNED = re.compile(r"CalledProcessError: .* returned non-zero exit status (\d+)")
_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Interrupt)\b.*|^.*\berror: .+|^.*: No module named .+")


def exit_codes(lines: Sequence[str]) -> dict[int, int]:
    """The ranks that failed by themselves, and how: an exit code, negative for a signal.

    The launcher of a single rank names no rank; of several it leaves out those that it ended itself.
    """
    for line in reversed(lines):
        if died := _DIED_WITH.search(line):
            return {0: -int(died.group(1))}
        if returned := _RETURNED.search(line):
            return {0: int(returned.group(1))}
    start = next((i for i, line in enumerate(lines) if line.strip() == _FAILURES), len(lines))
    codes: dict[int, int] = {}
    rank: int | None = None
    for line in lines[start:]:
        if found := _RANK.match(line):
            rank = int(found.group(1))
        elif rank is not None and (found := _EXIT_CODE.match(line)):
            codes[rank] = int(found.group(1))
    return codes


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
