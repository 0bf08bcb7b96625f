"""What is to be seen of an attempt at one moment, from its files and locks."""

from __future__ import annotations

from typing import Literal

from tunesmith.core import in_place, locks, whereabouts
from tunesmith.core.attempts import read_plan
from tunesmith.core.exits import read_exit
from tunesmith.core.files import read_json
from tunesmith.core.job import STALE
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.policy import policy_of
from tunesmith.core.pulse import Pulses
from tunesmith.core.run import Observed, Progress
from tunesmith.runs.engines.table import job_of

PULSES = Pulses()
"""Of the runs on a cluster, for as long as this process looks."""


def observe(run: RunFolder, attempt: AttemptFolder, progress: Progress | None) -> Observed:
    """What is to be seen of an attempt. The order counts, because supervisor and ranks go on meanwhile: who
    has written `started` holds a lock until it has written the exit, and may launch the ranks in between."""
    started = attempt.started.exists()
    supervisor_alive = locks.holder(run.supervisor_lock) is not None
    ranks_alive = locks.holder(run.lock) is not None
    end = read_exit(attempt)
    away = None if end is not None and not end.restart else whereabouts.elsewhere(run, attempt)
    if away is not None and end is None and not (supervisor_alive or ranks_alive):
        supervisor_alive = _gives_signs(attempt)  # Locks do not always cross over to another machine.
    return Observed(
        ranks_alive=ranks_alive,
        supervisor_alive=supervisor_alive,
        started=started,
        stop_requested=any(map(in_place.is_written, attempt.asked_to_end)),
        exit=end,
        progress=progress,
        waits_for=waits_for(run, attempt),
        job=job_of(run, attempt),
        heartbeat=PULSES.age(attempt.heartbeat),
        elsewhere=away,
    )


def _gives_signs(attempt: AttemptFolder) -> bool:
    """Whether the supervisor on another machine has lately written what it does every few seconds."""
    ages = (PULSES.age(attempt.started), PULSES.age(attempt.resources))
    return any(age is not None and age < STALE for age in ages)


def waits_for(run: RunFolder, attempt: AttemptFolder) -> Literal["room", "restart"] | None:
    """What an attempt that was not launched yet is for, if its supervisor may wait with it."""
    if attempt.started.exists() or attempt.exit.exists():
        return None
    plan = read_plan(attempt)
    if plan is not None and plan.why == "restart":
        return "restart"
    spec = read_json(run.spec) or {}
    return "room" if attempt.number == 1 and policy_of(spec.get("policy") or {}).queue else None


def left_word(attempt: AttemptFolder) -> bool:
    """Whether a rank said how it ended, though no supervisor was there to write it down."""
    places = (attempt.rank_end(0).parent, attempt.rank_error(0).parent)
    return any(any(place.glob("rank-*.json")) for place in places)
