"""How a run ended that somebody wanted to debug. Reads only."""

from __future__ import annotations

from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Cause

_CAUSES = {
    Cause.FINISHED.value: "It finished.",
    Cause.STOPPED.value: "It was stopped.",
    Cause.KILLED.value: "It was stopped at once.",
}


def ending(run: RunFolder, attempt: AttemptFolder) -> str | None:
    """In words, why nothing of the attempt is left to debug; None while it goes on."""
    end = read_json(attempt.exit)
    if end is not None:
        why = end.get("message") or _CAUSES.get(str(end.get("cause"))) or f"Cause: {end.get('cause')}."
        return f"{run.id} has ended. {why} Its log: {_log(attempt)}"
    alive = any(locks.holder(lock) is not None for lock in (run.lock, run.supervisor_lock))
    if alive or not attempt.started.exists() or attempt.exit.exists():
        return None
    return f"{run.id} is gone: its processes ended and none said why. Its log: {_log(attempt)}"


def _log(attempt: AttemptFolder) -> str:
    first = attempt.rank_log(0)
    return str(first if first.exists() else attempt.launcher_log)
