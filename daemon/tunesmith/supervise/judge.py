"""How an attempt ended, decided from the evidence. Pure."""

from __future__ import annotations

import signal

from tunesmith.core import duration
from tunesmith.core.run import Cause, Exit
from tunesmith.supervise.evidence import Evidence
from tunesmith.supervise.first_failure import first_failure, first_gone
from tunesmith.supervise.launcher_log import signal_name
from tunesmith.supervise.words import DISK_FULL, explained, is_disk_full, is_port_in_use

FULL = 1 << 20
"""Bytes: with less left than this a run cannot write what it must."""


def judge(seen: Evidence, time: float) -> Exit | None:
    """The end of the attempt; None when nothing tells how it ended.

    A rank's own last words count before anything that happened to its process later.
    """
    code = _code(seen)
    done = _done(seen)
    if done == "finished":
        return Exit(time, code, Cause.FINISHED, None, _late(seen, code))
    if done == "stopped":
        return Exit(time, code, Cause.STOPPED, seen.stopped_by, _late(seen, code))
    if seen.killed_by:
        return Exit(time, code, Cause.KILLED, seen.killed_by)
    if seen.overdue is not None:
        silence = duration.words(seen.overdue)
        message = (
            f"The ranks gave no sign of life for {silence} after the stop request "
            "and were ended without a checkpoint."
        )
        return Exit(time, code, Cause.KILLED, seen.stopped_by, message)
    if seen.hung:
        message = f"{seen.hung} It was ended, as on_hang in the recipe says."
        return Exit(time, code, Cause.FAILED, None, message)
    if seen.stopped_by and _answered_sigterm(seen):
        return Exit(time, code, Cause.STOPPED, seen.stopped_by)
    cause, message, rank = _why(seen, code)
    if cause is None:
        return None
    return Exit(time, code, cause, None, _with_disk(seen, _with_machines(seen, message)), rank)


def _answered_sigterm(seen: Evidence) -> bool:
    """A script that handles the SIGTERM of a stop may end by a second one of its own, as a shell expects."""
    codes = [rank.code for rank in seen.ranks.values() if rank.outcome is None]
    return bool(codes) and all(code == -signal.SIGTERM for code in codes) and not _failed(seen)


def _failed(seen: Evidence) -> bool:
    return any(rank.error for rank in seen.ranks.values())


def _why(seen: Evidence, code: int) -> tuple[Cause | None, str, int | None]:
    found = first_failure(seen)
    if found:
        return found
    if seen.code is not None and seen.code < 0:
        return Cause.SIGNALLED, f"The launcher was ended by {signal_name(-seen.code)}.", None
    if not any(rank.pid for rank in seen.ranks.values()):
        said = seen.launcher_says
        failed = explained(said) if said else f"The launcher ended with code {code} before a rank started."
        return (None if seen.code is None else Cause.LAUNCH_FAILED), failed, None
    return _vanished(seen, code)


def _vanished(seen: Evidence, code: int) -> tuple[Cause | None, str, int | None]:
    silent = first_gone(seen, lambda rank: rank.silent)
    if seen.code is not None:
        return Cause.FAILED, f"Rank {silent} ended without a word; the launcher's code is {code}.", silent
    others = " The others waited for it and were ended." if len(seen.ranks) > 1 else ""
    gone = f"Rank {silent} vanished without a word: something killed it.{others}"
    return (Cause.SIGNALLED if seen.witnessed else None), gone, silent


def _done(seen: Evidence) -> str | None:
    """What rank 0 said of the whole, which it does when all is saved; None if any rank failed."""
    if 0 not in seen.ranks or _failed(seen):
        return None
    return seen.ranks[0].outcome


def _late(seen: Evidence, code: int) -> str | None:
    """What went wrong after all was done."""
    silent = [number for number, rank in sorted(seen.ranks.items()) if rank.silent]
    if silent:
        return f"All was saved; rank {silent[0]} did not end by itself."
    return f"All was saved; the launcher then ended with code {code}." if code else None


def _code(seen: Evidence) -> int:
    """The launcher's exit code; of one that nobody saw, what the ranks' last words stand for."""
    if seen.code is not None:
        return seen.code
    return 0 if _done(seen) else 1


def _with_machines(seen: Evidence, message: str) -> str:
    """Ranks only tell that another one does not answer."""
    if not seen.apart or is_port_in_use(seen.launcher_says or ""):
        return message
    return f"{message.rstrip('.')}. {seen.apart}"


def _with_disk(seen: Evidence, message: str) -> str:
    """A full disk takes the words away from whoever would tell of it."""
    if seen.disk_free is None or seen.disk_free >= FULL or is_disk_full(message):
        return message
    return f"{DISK_FULL} ({message.rstrip('.')})"
