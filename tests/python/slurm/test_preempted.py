"""A run whose machines are taken away saves, waits, and goes on from there as its next attempt."""

from __future__ import annotations

from pathlib import Path

import pytest
from slurm.cluster import Cluster
from slurm.runs import ended, job_id, when, write_slurm_recipe
from tunesmith.core.attempts import read_plan
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from waiting import until

pytestmark = pytest.mark.long


def test_a_preempted_run_goes_on_from_its_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    recipe = write_slurm_recipe(workspace, "nodes: 2, partition: work", ranks=2, steps=100_000)
    run = control.start(recipe, trainer)
    when(run, "three steps", lambda view: view.step >= 3)

    urgent = cluster.submit("urgent", "sleep 5", "--nodes=2", "--exclusive")
    view = when(run, "its machines taken", lambda view: view.state == "queued")
    assert view.message is not None
    assert view.message.startswith("Slurm took its machines back; it goes on later.")
    first = store.read_exit(run.attempt(1))
    assert first is not None
    assert first.cause == "preempted"
    until("the urgent job's end", lambda: cluster.state_of(urgent) == "COMPLETED")
    cluster.ask("scontrol", "update", f"JobId={job_id(run)}", "StartTime=now")

    plan = until("a second attempt", lambda: read_plan(run.attempt(2)))
    assert plan.why == "requeue"
    assert plan.step is not None
    view = when(run, "steps after the checkpoint", lambda view: view.attempt == 2 and view.step > plan.step)
    assert view.job == f"slurm {job_id(run)}"

    control.stop(run, force=True, by="a test")
    view = ended(run)
    assert (view.attempt, view.cause) == (2, "killed")
    assert (read_json(run.attempt(2).exit) or {})["by"] == "a test"


def test_a_job_that_is_cancelled_by_hand_saves_first(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "partition: work"), trainer)
    when(run, "three steps", lambda view: view.step >= 3)

    cluster.ask("scancel", job_id(run))
    view = ended(run)

    assert (view.cause, (read_json(run.attempt(1).exit) or {})["by"]) == ("stopped", "Slurm")
    assert list(run.checkpoints.glob("checkpoint-*/model.safetensors"))
    assert cluster.state_of(job_id(run)) == "CANCELLED"
