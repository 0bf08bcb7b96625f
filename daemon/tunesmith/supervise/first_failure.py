"""Which rank failed first, and of what. Pure.

A rank that ends makes the others fail: their connections break, or they wait until somebody ends them. So the
first error by the clock is not enough: what is only said of another rank that is gone counts last.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

from tunesmith.core.run import Cause
from tunesmith.supervise.evidence import Evidence, RankEnd
from tunesmith.supervise.launcher_log import signal_name
from tunesmith.supervise.words import explained, is_consequence

Found = tuple[Cause, str, int]
"""Cause, message in one line, rank."""

_ASKED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Whoever ends a process from outside begins with these."""
_GAVE_UP = (signal.SIGABRT,)
"""How a communication library ends its process when it has waited too long for another one."""
LESS_MEMORY = "Use a smaller batch, shorter rows or fewer processes, or end what else runs here; then resume."


def first_failure(seen: Evidence) -> Found | None:
    """The root cause; None when no rank tells of one."""
    for look in (_crash, _error, _exit_code, _ended, _left_early, _silence, _aborted, _consequence):
        if found := look(seen):
            return found
    return None


def _crash(seen: Evidence) -> Found | None:
    return _by_signal(seen, lambda number: number not in (*_ASKED, *_GAVE_UP))


def _ended(seen: Evidence) -> Found | None:
    return _by_signal(seen, lambda number: number in _ASKED)


def _aborted(seen: Evidence) -> Found | None:
    return _by_signal(seen, lambda number: number in _GAVE_UP)


def _by_signal(seen: Evidence, counts: Callable[[int], bool]) -> Found | None:
    first = first_gone(seen, lambda rank: rank.silent and (rank.code or 0) < 0 and counts(-(rank.code or 0)))
    if first is None:
        return None
    rank = seen.ranks[first]
    name = signal_name(-(rank.code or 0))
    return Cause.SIGNALLED, f"Rank {first} was ended by {name}.{_memory(seen, rank, name)}", first


def _memory(seen: Evidence, rank: RankEnd, name: str) -> str:
    if name != "SIGKILL":
        return ""
    used = "" if rank.memory is None else f" It last used {rank.memory / 1e9:.1f} GB."
    if seen.out_of_memory:
        return f" The system was out of memory and killed it.{used} {LESS_MEMORY}"
    return f" Nobody asked for that: the system may have run out of memory.{used}"


def _error(seen: Evidence) -> Found | None:
    return _earliest_error(seen, lambda error: not is_consequence(error))


def _consequence(seen: Evidence) -> Found | None:
    return _earliest_error(seen, is_consequence)


def _earliest_error(seen: Evidence, counts: Callable[[str], bool]) -> Found | None:
    failed = [
        (rank.time, number, rank.error)
        for number, rank in seen.ranks.items()
        if rank.error and counts(rank.error)
    ]
    if not failed:
        return None
    _, number, error = min(failed)
    return Cause.FAILED, _told(seen, number, explained(error)), number


def _left_early(seen: Evidence) -> Found | None:
    """A rank that was done while rank 0 was not: the others wait for it, or miss it. Where nobody saw that
    they did, all may have been cut off at once, as by a power cut while rank 0 saved."""
    if 0 in seen.ranks and seen.ranks[0].outcome:
        return None
    if not seen.witnessed and not any(rank.error for rank in seen.ranks.values()):
        return None
    missed = [rank.time for rank in seen.ranks.values() if rank.error]
    done = [(rank.time, number) for number, rank in seen.ranks.items() if number and rank.outcome]
    if not done or min(done)[0] > min(missed, default=float("inf")):
        return None
    early = min(done)[1]
    why = "the others waited for it in vain. All ranks must take the same number of steps"
    return Cause.FAILED, f"Rank {early} was done before rank 0 and {why}.", early


def _exit_code(seen: Evidence) -> Found | None:
    first = first_gone(seen, lambda rank: rank.silent and (rank.code or 0) > 0 and rank.pid > 0)
    if first is None:
        return None
    code = seen.ranks[first].code
    return Cause.FAILED, f"Rank {first} ended with exit code {code} and no error message.", first


def _silence(seen: Evidence) -> Found | None:
    """A rank that left without a word while others tell of one that is gone."""
    if not any(rank.error or -(rank.code or 0) in _GAVE_UP for rank in seen.ranks.values()):
        return None
    first = first_gone(seen, lambda rank: rank.silent and rank.pid > 0 and not rank.code)
    if first is None:
        return None
    return Cause.FAILED, f"Rank {first} ended without a word, and the others then missed it.", first


def first_gone(seen: Evidence, counts: Callable[[RankEnd], bool]) -> int | None:
    """Of the ranks that count, the one that was missed first."""
    never = float("inf")
    found = [
        (never if rank.gone is None else rank.gone, number)
        for number, rank in seen.ranks.items()
        if counts(rank)
    ]
    return min(found)[1] if found else None


def _told(seen: Evidence, number: int, error: str) -> str:
    return f"Rank {number}: {error}" if len(seen.ranks) > 1 else error
