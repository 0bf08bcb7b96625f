"""A machine that fails takes its ranks with it; the run starts again on machines that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from slurm.cluster import Cluster
from slurm.runs import ended, job_id, when, write_slurm_recipe
from tunesmith.core.attempts import read_plan
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control
from waiting import until

pytestmark = pytest.mark.long


def test_a_run_that_lost_a_machine_starts_again_from_its_last_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    recipe = write_slurm_recipe(workspace, "nodes: 2, partition: work", ranks=2, run="restart: {attempts: 2}")
    text = recipe.read_text().replace('save_strategy: "no"', "save_strategy: steps\n  save_steps: 5")
    recipe.write_text(text)
    run = control.start(recipe, trainer)
    when(run, "a checkpoint", lambda view: view.step >= 12)

    cluster.kill_node("n2")
    end = until("the end of the attempt", lambda: read_json(run.attempt(1).exit))
    assert (end["cause"], end["rank"], end["restart"]) == ("failed", 1, True)
    assert end["message"].startswith("Rank 1 ended without a word")

    cluster.start_node("n2")
    view = when(run, "its place in the queue", lambda view: view.state == "queued")
    assert (view.message or "").startswith("It crashed, and starts again when Slurm has machines for it.")
    until("a machine that is back", lambda: cluster.has_node("n2"))
    cluster.ask("scontrol", "update", f"JobId={job_id(run)}", "StartTime=now")
    plan = until("a second attempt", lambda: read_plan(run.attempt(2)))
    assert (plan.why, plan.step and plan.step >= 5) == ("restart", True)
    when(run, "steps after the checkpoint", lambda view: view.attempt == 2 and view.step > (plan.step or 0))

    control.stop(run, force=False, by="a test")
    assert ended(run).cause == "stopped"
