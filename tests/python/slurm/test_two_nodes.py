"""A run on a real cluster of two nodes: submitted, watched, stopped, cancelled."""

from __future__ import annotations

import json
from pathlib import Path

from slurm.cluster import Cluster
from training import write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 300.0


def when(run: RunFolder, what: str, condition) -> RunView:
    """The first view of the run that fulfils the condition."""

    def look() -> RunView | None:
        view = store.look(run)
        told = view.state in ("ended", "lost") and not condition(view)
        assert not told, f"never {what}: {view.cause}, {view.message}\n{last_words(run)}"
        return view if condition(view) else None

    return until(what, look, PATIENCE)


def last_words(run: RunFolder) -> str:
    logs = [log for log in run.path.rglob("log/*.log") if log.stat().st_size]
    return "\n".join(f"== {log.name}\n{log.read_text()[-2000:]}" for log in logs)


def slurm_recipe(folder: Path, options: str, ranks: int = 2, more: str = "") -> Path:
    path = write_recipe(folder, ranks=ranks, more=more)
    path.write_text(f"{path.read_text()}run:\n  engine: slurm\n  slurm: {{{options}}}\n")
    return path


def test_two_nodes_train_together_and_stop_with_a_checkpoint(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    recipe = slurm_recipe(workspace, "nodes: 2, partition: work")
    run = control.start(recipe, trainer)
    assert store.look(run).state in ("queued", "running")

    view = when(run, "three steps", lambda view: view.step >= 3)

    number = json.loads(run.job.read_text())["id"]
    assert view.job == f"slurm {number}"
    assert (view.state, view.supervised, view.world_size) == ("running", True, 2)
    assert [rank.alive for rank in view.ranks] == [True, True]
    assert cluster.ask("squeue", "-h", "-j", number, "-o", "%T %N").split() == ["RUNNING", "n[1-2]"]

    control.stop(run, force=False, by="a test")
    view = when(run, "its end", lambda view: view.state == "ended")

    assert (view.cause, view.message) == ("stopped", None)
    saved = [json.loads(line) for line in run.artifacts.read_text().splitlines()]
    assert (run.path / saved[-1]["path"] / "model.safetensors").exists()
    until("no job", lambda: cluster.ask("squeue", "-h", "-j", number) == "")
