"""How an attempt ended, decided from the evidence. Pure."""

from __future__ import annotations

from tunesmith.core.run import Cause, Exit
from tunesmith.supervise.evidence import Evidence, RankEnd
from tunesmith.supervise.launcher_log import signal_name

_OUT_OF_MEMORY = " Nobody asked for that: the system may have run out of memory."


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
    if seen.overdue:
        message = "The ranks gave no sign of life after the stop request and were ended without a checkpoint."
        return Exit(time, code, Cause.KILLED, seen.stopped_by, message)
    signalled = _signalled(seen)
    if signalled:
        return Exit(time, code, Cause.SIGNALLED, None, signalled)
    error = _first_error(seen)
    if error:
        return Exit(time, code, Cause.FAILED, None, error)
    if not seen.ranks:
        return None if seen.code is None else _launch_failed(seen, code, time)
    return _vanished(seen, code, time)


def _done(seen: Evidence) -> str | None:
    """What rank 0 said of the whole, which it does when all is saved; None if any rank failed."""
    if 0 not in seen.ranks or any(rank.error for rank in seen.ranks.values()):
        return None
    return seen.ranks[0].outcome


def _late(seen: Evidence, code: int) -> str | None:
    """What went wrong after all was done."""
    silent = [number for number, rank in sorted(seen.ranks.items()) if not _has_words(rank)]
    if silent:
        return f"All was saved; rank {silent[0]} did not end by itself."
    return f"All was saved; the launcher then ended with code {code}." if code else None


def _code(seen: Evidence) -> int:
    """The launcher's exit code; of one that nobody saw, what the ranks' last words stand for."""
    if seen.code is not None:
        return seen.code
    return 0 if _done(seen) else 1


def _signalled(seen: Evidence) -> str | None:
    first = seen.first_failure
    if first and first.signal:
        return _killed(f"Rank {first.rank}" if first.rank is not None else "A rank", first.signal)
    for number, rank in sorted(seen.ranks.items()):
        if rank.code is not None and rank.code < 0 and not _has_words(rank):
            return _killed(f"Rank {number}", signal_name(-rank.code))
    if seen.code is not None and seen.code < 0 and not _first_error(seen):
        return _killed("The launcher", signal_name(-seen.code))
    return None


def _killed(who: str, name: str) -> str:
    return f"{who} was ended by {name}.{_OUT_OF_MEMORY if name == 'SIGKILL' else ''}"


def _first_error(seen: Evidence) -> str | None:
    """The earliest error: the later ones are mostly other ranks missing the first."""
    failed = [(rank.error_time, number, rank.error) for number, rank in seen.ranks.items() if rank.error]
    if not failed:
        return None
    _, number, error = min(failed)
    return f"Rank {number}: {error}" if len(seen.ranks) > 1 else error


def _launch_failed(seen: Evidence, code: int, time: float) -> Exit:
    message = seen.launcher_says or f"The launcher ended with code {code} before a rank started."
    return Exit(time, code, Cause.LAUNCH_FAILED, None, message)


def _vanished(seen: Evidence, code: int, time: float) -> Exit | None:
    silent = [number for number, rank in sorted(seen.ranks.items()) if not _has_words(rank)]
    if seen.code is None:
        gone = f"Rank {silent[0]} vanished without a word: something killed it."
        return Exit(time, code, Cause.SIGNALLED, None, gone) if seen.witnessed else None
    message = f"Rank {silent[0]} ended without a word; the launcher's code is {code}."
    return Exit(time, code, Cause.FAILED, None, message)


def _has_words(rank: RankEnd) -> bool:
    return rank.outcome is not None or rank.error is not None
