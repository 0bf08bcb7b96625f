"""Ends of a run on a cluster that nobody waits for: its time limit, and that of its epoch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from slurm.cluster import Cluster
from slurm.runs import ended, job_id, when, write_slurm_recipe
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import asking, control
from waiting import until

pytestmark = pytest.mark.long


def test_a_time_limit_stops_the_job_with_a_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    recipe = write_slurm_recipe(workspace, "partition: work", run="time_limit: 1m")
    run = control.start(recipe, trainer)
    view = ended(run)

    assert (view.cause, view.message) == ("stopped", "The time limit of 1 min was reached.")
    assert view.step > 0
    [saved] = [json.loads(line) for line in run.artifacts.read_text().splitlines()]
    assert (run.path / saved["path"] / "model.safetensors").exists()
    until("the job's end", lambda: cluster.state_of(job_id(run)) == "COMPLETED")


def test_two_nodes_stop_after_the_same_epoch(cluster: Cluster, workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write_slurm_recipe(workspace, "nodes: 2, partition: work", ranks=2), trainer)
    when(run, "steps", lambda view: view.step >= 2)

    asking.stop_after_epoch(run, "a test")
    view = ended(run)

    assert view.cause == "stopped"
    assert (view.message or "").startswith("Stopped after epoch ")
    assert view.epoch is not None
    assert view.epoch == pytest.approx(round(view.epoch))
    until("the job's end", lambda: cluster.state_of(job_id(run)) == "COMPLETED")
