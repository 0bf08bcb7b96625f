"""What Slurm says between two attempts of a job: it ends the job as during an attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_run import make
from training import end
from tunesmith.core.attempts import last_number, read_plan
from tunesmith.core.exits import read_exit
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause
from waiting import until

DAEMON = Path(__file__).parents[3] / "daemon"
SCONTROL = """#!/bin/sh
echo "$*" >> "$0.log"
echo "JobId=7 Requeue=1"
"""
"""Answers as Slurm's own for a job that may be queued again, and writes down what it was asked."""

Batch = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunFolder]:
    """Crashes once, and is to start again much later."""
    program = "attempt.number == 1 and (steps(3), save(3), crash()); steps()"
    run = make(tmp_path, "job", program, {"restart": {"attempts": 3, "backoff": 600.0}})
    yield run
    end(run)


@pytest.fixture
def batch(run: RunFolder, tmp_path: Path) -> Iterator[Batch]:
    """Starts what the batch script of the job becomes."""
    (tmp_path / "scontrol").write_text(SCONTROL)
    (tmp_path / "scontrol").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tunesmith.supervise.batch", str(run.path)]
        environment = {**os.environ, "PATH": path, "SLURM_JOB_ID": "7", "PYTHONPATH": str(DAEMON)}
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_job_that_is_ended_between_two_attempts_starts_none(run: RunFolder, batch: Batch) -> None:
    job = batch()
    until("the next attempt waits", lambda: last_number(run) == 2)
    job.send_signal(signal.SIGTERM)
    assert job.wait(60) == 0
    found = read_exit(run.attempt(2))
    assert found is not None
    assert (found.cause, found.by, found.message) == (
        Cause.STOPPED,
        "Slurm",
        "Stopped before it was launched.",
    )
    assert not run.attempt(2).started.exists()


def test_a_job_that_loses_its_machines_between_two_attempts_is_queued_again(
    run: RunFolder, batch: Batch, tmp_path: Path
) -> None:
    job = batch()
    until("the next attempt waits", lambda: last_number(run) == 2)
    job.send_signal(signal.SIGUSR1)
    assert job.wait(60) == 0
    found = read_exit(run.attempt(2))
    assert found is not None
    assert found.cause is Cause.PREEMPTED
    assert "requeue 7" in (tmp_path / "scontrol.log").read_text()
    batch()
    until("its next start goes on", run.attempt(3).started.exists)
    plan = read_plan(run.attempt(3))
    assert plan is not None
    assert (plan.why, plan.step) == ("requeue", 3)
