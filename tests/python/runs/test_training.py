"""Real trainings, launched by accelerate: how they start, stop, fail, are killed. Each costs its imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from process_scan import living
from training import ENDLESS, write_recipe
from tunesmith.core import locks
from tunesmith.core.files import last_objects, read_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, create, launch, store
from tunesmith.runs.machine import Machine
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.view import RunView
from tunesmith.stages.recipe import Recipe
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse
from waiting import until

PATIENCE = 240.0
EVALUATE = "eval_strategy: steps\n  eval_steps: 5\n  eval_on_start: true"
LOADS = """
import json, sys
from transformers import AutoModelForSequenceClassification, AutoTokenizer
for folder in sys.argv[1:]:
    model = AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    words = AutoTokenizer.from_pretrained(folder)(["a very good film"], return_tensors="pt")
    print(json.dumps({"labels": model.config.id2label, "shape": list(model(**words).logits.shape)}))
"""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny model is faster with one, and the machine has other tests to run."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def tunesmith_run(recipe: Path, trainer: Interpreter) -> list[str]:
    return [sys.executable, "-m", "tunesmith", "run", str(recipe), "--interpreter", str(trainer.path)]


def when(run: RunFolder, what: str, condition: Callable[[RunView], object]) -> RunView:
    return until(what, lambda: view if condition(view := store.look(run)) else None, PATIENCE)


def training(run: RunFolder) -> RunView:
    view = when(run, "it trains", lambda view: view.step >= 2 or view.state in ("ended", "lost"))
    assert view.state == "running", (view.message, view.log and Path(view.log).read_text()[-2000:])
    return view


def ended(run: RunFolder) -> RunView:
    view = when(run, "it has ended", lambda view: view.state not in ("running", "queued"))
    assert living(run) == set()
    return view


def artifacts(run: RunFolder) -> list[dict[str, object]]:
    return [json.loads(line) for line in run.artifacts.read_text().splitlines()]


def load(trainer: Interpreter, *folders: Path) -> list[dict[str, object]]:
    """What the library says of checkpoints that it has loaded and used."""
    command = [str(trainer.path), "-c", LOADS, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def tensors(file: Path) -> set[str]:
    """The names in the header of a safetensors file: its length, then JSON."""
    data = file.read_bytes()
    return set(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]))


def test_from_the_command_line_to_a_model_that_loads(workspace: Path, trainer: Interpreter) -> None:
    """The whole way, as somebody without an editor goes it."""
    recipe = write_recipe(
        workspace, steps=12, more="eval_strategy: steps\n  eval_steps: 5\n  eval_on_start: true"
    )
    command = [
        sys.executable,
        "-m",
        "tunesmith",
        "run",
        str(recipe),
        "--json",
        "--interpreter",
        str(trainer.path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        views = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0, views[-1]
    last = views[-1]
    assert (last["state"], last["cause"], last["step"], last["totalSteps"]) == ("ended", "finished", 12, 12)
    assert last["worldSize"] == 1
    assert last["loss"] > 0
    assert {"eval_loss", "eval_accuracy", "eval_f1"} == set(last["metrics"])
    run = RunFolder(Path(last["folder"]))
    said = [str(line["phase"]) for line in last_objects(run.progress)]
    assert said[0] == "loading"
    assert "training" in said
    assert living(run) == set()
    assert [path.name for path in run.attempt(1).events.glob("events.out.tfevents.*")]
    assert run.recipe.read_text() == recipe.read_text()
    assert (workspace / ".tunesmith" / ".gitignore").read_text() == "*\n"
    (model,) = [record for record in artifacts(run) if record["kind"] == "model"]
    (loaded,) = load(trainer, run.path / str(model["path"]))
    assert loaded == {"labels": {"0": "negative", "1": "positive"}, "shape": [1, 2]}


def test_stop_and_a_killed_supervisor(workspace: Path, trainer: Interpreter) -> None:
    """The supervisor dies, the ranks go on, another one adopts them, and Stop works as ever."""
    run = control.start(write_recipe(workspace), trainer)
    training(run)
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    alone = when(run, "nobody supervises it", lambda view: not view.supervised)
    assert (alone.state, alone.phase) == ("running", "training")
    step = alone.step
    when(run, "it goes on", lambda view: view.step > step)
    assert control.adopt(run)
    when(run, "it is supervised again", lambda view: view.supervised)

    control.stop(run, force=False, by="the test")
    view = ended(run)
    assert (view.state, view.cause, view.message) == ("ended", "stopped", None)
    (checkpoint,) = artifacts(run)
    assert checkpoint["kind"] == "checkpoint"
    assert checkpoint["step"] == view.step
    assert load(trainer, run.path / str(checkpoint["path"]))[0]["shape"] == [1, 2]
    assert (run.path / str(checkpoint["path"]) / "optimizer.pt").exists()


def test_ctrl_c_stops(workspace: Path, trainer: Interpreter) -> None:
    """With a checkpoint, and with an exit code of its own."""
    recipe = write_recipe(workspace)
    with subprocess.Popen(tunesmith_run(recipe, trainer), stdout=subprocess.PIPE, text=True) as process:
        (home,) = until("the run folder", lambda: store.homes([workspace]), PATIENCE)
        (run,) = until("the run", lambda: store.runs_in(home), PATIENCE)
        training(run)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 3
    assert "Stopped after" in told
    assert ended(run).cause == "stopped"


def test_a_killed_rank(workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write_recipe(workspace), trainer)
    training(run)
    record = read_json(run.attempt(1).rank_record(0))
    assert record is not None
    assert record["versions"]["torch"]
    os.kill(record["pid"], signal.SIGKILL)
    view = ended(run)
    assert view.cause == "signalled"
    assert view.message is not None
    assert view.message.startswith("Rank 0 was ended by SIGKILL. Nobody asked for that")
    assert view.step >= 2


def test_two_ranks_stop_together(workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write_recipe(workspace, ranks=2), trainer)
    view = training(run)
    assert view.world_size == 2
    sizes = [(read_json(run.attempt(1).rank_record(rank)) or {})["world_size"] for rank in (0, 1)]
    assert sizes == [2, 2]
    control.stop(run, force=False, by="the test")
    view = ended(run)
    assert (view.cause, view.message) == ("stopped", None)
    ends = [(read_json(run.attempt(1).rank_end(rank)) or {})["outcome"] for rank in (0, 1)]
    assert ends == ["stopped", "stopped"]
    (checkpoint,) = artifacts(run)
    assert checkpoint["step"] == view.step
    assert "classifier.weight" in tensors(run.path / str(checkpoint["path"]) / "model.safetensors")


def test_an_error_of_the_library_is_told_in_its_own_words(workspace: Path, trainer: Interpreter) -> None:
    """A check would have refused this recipe; the library must have the last word all the same."""
    path = write_recipe(workspace, steps=ENDLESS, more="learning_rte: 0.1")
    text = path.read_text()
    recipe = bind(parse(text), Recipe).value
    run = create.create(path, text, recipe, trainer, runtime_copy(), Machine(2, 0))
    control.start_supervisor(launch.supervisor(trainer.path, runtime_copy(), run, 1), run.attempt(1))
    control.wait_for_start(run.attempt(1))
    view = ended(run)
    assert view.cause == "failed"
    assert (
        view.message
        == "TypeError: TrainingArguments.__init__() got an unexpected keyword argument 'learning_rte'"
    )
    error = read_json(run.attempt(1).rank_error(0))
    assert error is not None
    assert "training_arguments" in error["traceback"]
    assert "learning_rte" in run.attempt(1).rank_log(0).read_text()


def test_a_recipe_with_errors_is_refused(workspace: Path, trainer: Interpreter) -> None:
    recipe = write_recipe(workspace, more="learning_rte: 0.1")
    with pytest.raises(control.Refused) as refused:
        control.start(recipe, trainer)
    assert any(finding.path[-1:] == ("learning_rte",) for finding in refused.value.report.findings)
    assert not runs_home(workspace).exists(), "nothing is left of what was not started"
