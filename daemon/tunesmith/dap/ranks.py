"""The ranks of a run that a debugger can reach. Reads only."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.dap.refused import Refused


@dataclass(frozen=True)
class Rank:
    """A living rank of a run's last attempt."""

    run: RunFolder
    attempt: AttemptFolder
    number: int
    pid: int
    world_size: int


def living(run: RunFolder) -> list[Rank]:
    """The ranks that have started and not ended, in order. A pid alone is no proof: the lock must be held."""
    attempt = last_attempt(run)
    if attempt is None or locks.holder(run.lock) is None:
        return []
    records = [read_json(path) for path in attempt.rank_record(0).parent.glob("*.json")]
    ranks = [
        Rank(run, attempt, record["rank"], record["pid"], record["world_size"])
        for record in records
        if record
    ]
    return sorted((rank for rank in ranks if _lives(rank)), key=lambda rank: rank.number)


def living_rank(run: RunFolder, number: int) -> Rank:
    """Raises Refused when that rank is not alive."""
    ranks = living(run)
    for rank in ranks:
        if rank.number == number:
            return rank
    raise Refused(f"Rank {number} of {run.id} is not running. {_running(ranks)}")


def require_any(run: RunFolder) -> list[Rank]:
    """Raises Refused when no rank is alive."""
    ranks = living(run)
    if not ranks:
        raise Refused(
            f"No rank of {run.id} is running. A debugger attaches to a run between its start and its end."
        )
    return ranks


def _lives(rank: Rank) -> bool:
    over = (rank.attempt.rank_end(rank.number), rank.attempt.rank_error(rank.number))
    if any(path.exists() for path in over):
        return False
    try:
        os.kill(rank.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        raise Refused(f"Rank {rank.number} of {rank.run.id} belongs to another user.") from None
    return True


def _running(ranks: list[Rank]) -> str:
    if not ranks:
        return "None of its ranks is."
    return f"Running: {', '.join(f'rank {rank.number}' for rank in ranks)}."


def last_attempt(run: RunFolder) -> AttemptFolder | None:
    if not run.attempts.is_dir():
        return None
    numbers = [int(path.name) for path in run.attempts.iterdir() if path.name.isdigit()]
    return run.attempt(max(numbers)) if numbers else None
