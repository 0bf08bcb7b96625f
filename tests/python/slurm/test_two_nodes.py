"""A run on two machines of a real cluster: submitted, watched, stopped."""

from __future__ import annotations

import json
from pathlib import Path

from slurm.cluster import Cluster
from slurm.runs import ended, job_id, when, write_slurm_recipe
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control
from waiting import until


def test_two_nodes_train_together_and_stop_with_a_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "nodes: 2, partition: work", ranks=2), trainer)

    view = when(run, "three steps", lambda view: view.step >= 3)

    assert view.job == f"slurm {job_id(run)}"
    assert (view.state, view.supervised, view.world_size) == ("running", True, 2)
    assert [rank.alive for rank in view.ranks] == [True, True]
    assert cluster.ask("squeue", "-h", "-j", job_id(run), "-o", "%T %N").split() == ["RUNNING", "n[1-2]"]

    control.stop(run, force=False, by="a test")
    view = ended(run)

    assert (view.cause, view.message) == ("stopped", None)
    saved = [json.loads(line) for line in run.artifacts.read_text().splitlines()]
    assert (run.path / saved[-1]["path"] / "model.safetensors").exists()
    until("the job's end", lambda: cluster.state_of(job_id(run)) == "COMPLETED")
