"""What happens to a run before it trains: it waits, is cancelled, or is not taken. No test here trains."""

from __future__ import annotations

from pathlib import Path

import pytest
from slurm.cluster import Cluster
from slurm.runs import ended, job_id, when, write_slurm_recipe
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from tunesmith.runs.engines.engine import EngineRefused
from tunesmith.runs.engines.slurm.client import order
from waiting import until


def test_a_run_that_waits_says_why_and_is_cancelled_by_a_stop(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "hold: true"), trainer)

    view = when(run, "its reason", lambda view: "held" in (view.message or ""))
    assert (view.state, view.supervised) == ("queued", True)
    assert view.message == "It is held: `scontrol release` lets it go."

    control.stop(run, force=False, by="a test")
    view = ended(run)

    assert (view.state, view.cause) == ("ended", "stopped")
    assert view.message == "Stopped while it waited in the queue of the cluster."
    assert (read_json(run.attempt(1).exit) or {})["by"] == "a test"
    assert cluster.state_of(job_id(run)) == "CANCELLED"


def test_a_job_that_somebody_else_cancelled_has_ended(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "hold: true"), trainer)
    cluster.ask("scancel", job_id(run))

    view = ended(run)

    assert (view.state, view.cause) == ("ended", "killed")
    assert view.message == f"Slurm job {job_id(run)}: it was cancelled."


def test_what_sbatch_refuses_is_told_in_its_words(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    with pytest.raises(control.NotStarted, match="invalid partition specified: nowhere"):
        control.start(write_slurm_recipe(workspace, "partition: nowhere"), trainer)

    [view] = store.list_runs([workspace])
    assert (view.state, view.cause) == ("ended", "launch-failed")
    assert view.message is not None
    assert view.message.startswith("sbatch: ")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--time=4h", "Invalid --time specification"),
        ("--time-min=4 hours", "Invalid --time-min specification"),
        ("--partion=gpu", "unrecognized option '--partion=gpu'"),
    ],
)
def test_what_the_rules_find_is_what_sbatch_refuses(cluster: Cluster, option: str, said: str) -> None:
    with pytest.raises(EngineRefused, match=said):
        order(("sbatch", option, "--wrap=true"))


def test_a_run_on_a_cluster_is_not_debugged_from_here(workspace: Path, trainer: Interpreter) -> None:
    with pytest.raises(control.NotStarted, match="Only a run of this machine can be debugged"):
        control.start(write_slurm_recipe(workspace, "nodes: 1"), trainer, debug=True)
    assert store.list_runs([workspace]) == []


def test_without_slurm_it_is_said_what_to_do(
    workspace: Path, trainer: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(workspace))
    with pytest.raises(control.NotStarted, match="Open the folder on a login node of the cluster"):
        control.start(write_slurm_recipe(workspace, "nodes: 1"), trainer)


def test_an_interpreter_that_is_not_on_the_node_is_told(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    """The batch script cannot become the supervisor, so only Slurm knows how the job ended."""
    run = control.start(write_slurm_recipe(workspace, "hold: true"), trainer)
    cluster.ask("scancel", job_id(run))
    text = run.attempt(1).job_script.read_text().replace(str(trainer.path), "/nowhere/python")
    broken = workspace / "broken.sh"
    broken.write_text(text.replace("#SBATCH --hold\n", ""))
    number = cluster.ask("sbatch", "--parsable", str(broken)).strip()
    run.job.write_text(f'{{"engine": "slurm", "id": "{number}", "attempt": 1}}')

    view = ended(run)

    assert (view.state, view.cause) == ("ended", "failed")
    assert view.message == (
        f"Slurm job {number} ended before the run could say why: exit code 127. See the job's log."
    )
    assert view.log is not None
    assert "/nowhere/python" in Path(view.log).read_text()
    until("idle nodes", cluster.is_idle)


@pytest.mark.long
def test_a_scheduler_that_is_silent_makes_no_run_end(
    cluster: Cluster, workspace: Path, trainer: Interpreter
) -> None:
    run = control.start(write_slurm_recipe(workspace, "hold: true"), trainer)
    when(run, "its reason", lambda view: "held" in (view.message or ""))

    cluster.stop_controller()
    try:
        view = when(run, "the silence", lambda view: "does not answer" in (view.message or ""))
        assert (view.state, view.supervised) == ("queued", True)
        with pytest.raises(control.NotStarted, match="scancel"):
            control.stop(run, force=False, by="a test")
    finally:
        cluster.start_controller()

    when(run, "its reason again", lambda view: "held" in (view.message or ""))
    control.stop(run, force=False, by="a test")
    assert ended(run).cause == "stopped"
