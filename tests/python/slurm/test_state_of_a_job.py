"""The state of a run on a cluster: the scheduler's word and the heartbeat stand for the locks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.core.job import STALE, Job, JobState
from tunesmith.core.run import (
    Cause,
    Ended,
    Exit,
    Lost,
    Observed,
    Phase,
    Progress,
    Queued,
    Running,
    State,
    derive,
)

FRESH, OLD = 1.0, STALE + 1
STEPPING = Progress(1.0, 1, Phase.TRAINING, 7)
DONE = Exit(2.0, 0, Cause.FINISHED)
TAKEN = Exit(2.0, 0, Cause.PREEMPTED, "Slurm")
SUBMITTED = Observed(False, False, False, False, None, None)
STARTED = replace(SUBMITTED, started=True, progress=STEPPING, heartbeat=FRESH)


def seen(observed: Observed, state: JobState, **more: object) -> State:
    return derive(replace(observed, job=Job("5", state, "why", **more)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("observed", "state", "expected"),
    [
        (SUBMITTED, JobState.PENDING, Queued(True)),
        (SUBMITTED, JobState.SILENT, Queued(True)),
        (SUBMITTED, JobState.RUNNING, Running(Phase.STARTING, True)),
        (SUBMITTED, JobState.FORGOTTEN, Lost()),
        (STARTED, JobState.RUNNING, Running(Phase.TRAINING, True)),
        (replace(STARTED, heartbeat=OLD), JobState.RUNNING, Running(Phase.TRAINING, False)),
        (replace(STARTED, stop_requested=True), JobState.RUNNING, Running(Phase.STOPPING, True)),
        (STARTED, JobState.SILENT, Running(Phase.TRAINING, True)),
        (replace(STARTED, heartbeat=OLD), JobState.SILENT, Running(Phase.TRAINING, False)),
        (STARTED, JobState.FORGOTTEN, Running(Phase.TRAINING, True)),
        (replace(STARTED, heartbeat=OLD), JobState.FORGOTTEN, Lost()),
        (replace(STARTED, exit=DONE), JobState.RUNNING, Ended(DONE)),
        (replace(STARTED, exit=DONE), JobState.ENDED, Ended(DONE)),
        (replace(STARTED, exit=DONE), JobState.SILENT, Ended(DONE)),
        (replace(STARTED, exit=TAKEN), JobState.PENDING, Queued(True)),
        (replace(STARTED, exit=TAKEN), JobState.RUNNING, Running(Phase.RESTARTING, True)),
        (replace(STARTED, exit=TAKEN), JobState.ENDED, Ended(TAKEN)),
    ],
)
def test_state(observed: Observed, state: JobState, expected: State) -> None:
    assert seen(observed, state) == expected


def test_a_job_that_ended_without_a_word_of_the_run_has_ended_as_slurm_says() -> None:
    assert seen(STARTED, JobState.ENDED, code=-9, ended=3.0) == Ended(
        Exit(3.0, -9, Cause.FAILED, None, "why"), recorded=False
    )
    assert seen(SUBMITTED, JobState.ENDED, asked=True, ended=3.0) == Ended(
        Exit(3.0, 1, Cause.KILLED, None, "why"), recorded=False
    )


@given(st.sampled_from(list(JobState)), st.booleans(), st.sampled_from([None, FRESH, OLD]), st.booleans())
def test_locks_of_other_machines_say_nothing(
    state: JobState, started: bool, heartbeat: float | None, held: bool
) -> None:
    observed = replace(SUBMITTED, started=started, heartbeat=heartbeat)
    locked = replace(observed, ranks_alive=held, supervisor_alive=held)
    assert seen(observed, state) == seen(locked, state)
