"""A run whose machines are taken away saves, waits, and goes on from there as its next attempt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daemon_client import DaemonClient, daemon
from slurm.cluster import Cluster
from slurm.runs import PATIENCE, ended, job_id, when, words, write_slurm_recipe
from tunesmith.core.attempts import read_plan
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control
from waiting import until

pytestmark = pytest.mark.long


class Editor:
    """What an editor asks of the daemon about one run."""

    def __init__(self, client: DaemonClient, folder: Path) -> None:
        self._client = client
        self._folder = folder

    async def train(self, recipe: Path) -> RunFolder:
        started = await self._client.request("tunesmith/runs/start", {"recipe": str(recipe)})
        assert started["problems"] == []
        return RunFolder(Path(started["run"]["folder"]))

    async def stop(self, run: RunFolder, force: bool) -> None:
        await self._client.request("tunesmith/runs/stop", {"runId": run.id, "force": force})

    async def sees(self, run: RunFolder, what: str, condition: Callable[[dict[str, Any]], bool]) -> Any:
        """The run as the tree has it, once that fulfils the condition."""
        deadline = time.monotonic() + PATIENCE
        while True:
            listed = await self._client.request("tunesmith/runs/list", {"folders": [str(self._folder)]})
            [view] = [each for each in listed["runs"] if each["id"] == run.id]
            if condition(view):
                return view
            assert time.monotonic() < deadline, f"never {what}: {view}\n{words(run)}"
            await asyncio.sleep(0.1)


async def test_a_preempted_run_goes_on_from_its_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    recipe = write_slurm_recipe(workspace, "nodes: 2, partition: work", ranks=2)
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        editor = Editor(client, workspace)
        run = await editor.train(recipe)
        view = await editor.sees(run, "three steps", lambda view: view["step"] >= 3)
        assert (view["state"], view["job"], view["worldSize"]) == ("running", f"slurm {job_id(run)}", 2)

        urgent = cluster.submit("urgent", "sleep 5", "--nodes=2", "--exclusive")
        view = await editor.sees(run, "its machines taken", lambda view: view["state"] == "queued")
        assert view["message"].startswith("Slurm took its machines back; it goes on later.")
        assert (read_json(run.attempt(1).exit) or {})["cause"] == "preempted"
        until("the urgent job's end", lambda: cluster.state_of(urgent) == "COMPLETED")
        cluster.ask("scontrol", "update", f"JobId={job_id(run)}", "StartTime=now")

        plan = until("a second attempt", lambda: read_plan(run.attempt(2)))
        assert plan.why == "requeue"
        saved = plan.step or 0
        assert saved > 0
        view = await editor.sees(run, "steps after the checkpoint", lambda view: view["step"] > saved)
        assert (view["attempt"], view["job"]) == (2, f"slurm {job_id(run)}")

        await editor.stop(run, force=True)
        view = await editor.sees(run, "its end", lambda view: view["state"] == "ended")
        assert (view["attempt"], view["cause"]) == (2, "killed")
    until("idle nodes", cluster.is_idle)


def test_a_job_that_is_cancelled_by_hand_saves_first(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "partition: work"), trainer)
    when(run, "three steps", lambda view: view.step >= 3)

    cluster.ask("scancel", job_id(run))
    view = ended(run)

    assert (view.cause, (read_json(run.attempt(1).exit) or {})["by"]) == ("stopped", "Slurm")
    assert list(run.checkpoints.glob("checkpoint-*/model.safetensors"))
    until("the end of the job", lambda: cluster.state_of(job_id(run)) == "CANCELLED")
