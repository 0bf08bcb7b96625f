"""What Slurm's commands print about jobs, as values. Pure: text in, values out."""

from __future__ import annotations

import re
import time

from tunesmith.core.job import Job, JobState
from tunesmith.runs.engines.slurm.reasons import pending, why_ended

SQUEUE = ("squeue", "--noheader", "--format=%A|%T|%N|%S|%r")
"""One line a job; the reason comes last, because it is the one that may hold any character."""
SACCT = ("sacct", "--noheader", "--parsable2", "--duplicates", "--format=JobID,State,ExitCode,End")
SACCT_OF_A_FILE = ("sacct", "--completion", "--noheader", "--parsable2", "--format=JobID,State,End")
"""Where only the log of completed jobs is kept: it has no exit codes, and accepts no --duplicates."""

PENDING = (
    "PENDING",
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "RESV_DEL_HOLD",
    "SPECIAL_EXIT",
    "SUSPENDED",
)
RUNNING = ("RUNNING", "CONFIGURING", "COMPLETING", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED")
"""A job whose state is neither here nor above has ended."""

_NOW = ("", "N/A", "NONE", "UNKNOWN")


def read_squeue(text: str) -> dict[str, Job]:
    """By id. A line that is none of ours is left out."""
    found: dict[str, Job] = {}
    for line in text.splitlines():
        parts = line.strip().split("|", 4)
        if len(parts) == 5 and parts[0].isdecimal() and parts[1]:
            number, state, _, start, reason = parts
            found[number] = job(number, state, reason, begins=start)
    return found


def read_show(text: str) -> Job | None:
    """`scontrol show job --oneliner`: what is still known of a job that squeue lists no more."""
    values = dict(re.findall(r"(?:^|\s)([A-Za-z]\w*)=(\S*)", text.splitlines()[0] if text else ""))
    number, state = values.get("JobId", ""), values.get("JobState", "")
    if not number.isdecimal() or not state:
        return None
    return job(
        number,
        state,
        values.get("Reason", ""),
        code=_exit_code(values.get("ExitCode", "")),
        ended=_time(values.get("EndTime", "")),
        begins=values.get("StartTime", ""),
    )


def read_sacct(text: str) -> dict[str, Job]:
    """By id, from either form; of a job that was started several times the last line counts."""
    found: dict[str, Job] = {}
    for line in text.splitlines():
        parts = line.strip().split("|")
        if len(parts) not in (3, 4) or not parts[0].isdecimal() or not parts[1]:
            continue  # Steps of a job are `12.batch`.
        code = _exit_code(parts[2]) if len(parts) == 4 else None
        found[parts[0]] = job(parts[0], parts[1], "", code=code, ended=_time(parts[-1]))
    return found


def job(
    number: str,
    state: str,
    reason: str,
    *,
    code: int | None = None,
    ended: float | None = None,
    begins: str = "",
) -> Job:
    """`state` may carry more words, as in `CANCELLED by 1000`."""
    word = state.split()[0].rstrip("+").upper() if state.split() else ""
    if word in PENDING:
        return Job(number, JobState.PENDING, pending(word, reason, begins))
    if word in RUNNING:
        return Job(number, JobState.RUNNING, None)
    asked = word == "CANCELLED"
    return Job(number, JobState.ENDED, why_ended(number, word, code, reason), code, asked, ended)


def read_submitted(text: str) -> str | None:
    """The id that `sbatch --parsable` prints, alone or before a semicolon and the cluster."""
    lines = [line.strip().partition(";")[0] for line in text.splitlines()]
    return next((line for line in reversed(lines) if line.isdecimal()), None)


def _exit_code(text: str) -> int | None:
    """`3:0` is exit code 3, `0:9` signal 9."""
    code, _, signal = text.partition(":")
    if not code.isdecimal() or not (signal or "0").isdecimal():
        return None
    return int(code) or -int(signal or 0)


def _time(text: str) -> float | None:
    if text.upper() in _NOW:
        return None
    try:
        return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S"))
    except (ValueError, OverflowError):
        return None
