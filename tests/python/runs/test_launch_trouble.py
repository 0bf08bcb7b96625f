"""What may go wrong between Train and the first step, with the real launcher: each says what to do."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_scan import living
from small_disk import small_disk
from training import ENDLESS, end, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch, RunSpec
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


def make(folder: Path, trainer: Interpreter, accelerate: str) -> RunFolder:
    """As after a check that let it pass: the launch must have the last word all the same."""
    path = write_recipe(folder, steps=ENDLESS)
    text = path.read_text().replace("accelerate: {num_processes: 1}", f"accelerate: {accelerate}")
    return create.create(path, text, bind(parse(text), Recipe).value, trainer, runtime_copy(), Machine(2, 0))


def begin(run: RunFolder, python: Path) -> None:
    control.start_supervisor(launch.supervisor(python, runtime_copy(), run, 1), run.attempt(1))
    control.wait_for_start(run.attempt(1))


def ended(run: RunFolder) -> RunView:
    view = until(
        "it has ended",
        lambda: view if (view := store.look(run)).state not in ("running", "queued") else None,
        PATIENCE,
    )
    assert living(run) == set()
    return view


def test_a_launcher_that_starts_one_process_instead_of_two(workspace: Path, trainer: Interpreter) -> None:
    """`accelerate launch --cpu`: one process would train without a word, and all would seem well."""
    run = make(workspace, trainer, "{num_processes: 2}")
    spec = json.loads(run.spec.read_text())
    argv = spec["launch"]["argv"]
    argv[argv.index("--multi_gpu")] = "--cpu"
    run.spec.write_text(json.dumps(spec))
    begin(run, trainer.path)
    view = ended(run)
    assert view.cause == "failed"
    assert view.message is not None
    assert "2 processes were asked for and the launcher made a world of 1" in view.message
    assert (view.world_size, [rank.outcome for rank in view.ranks]) == (1, ["failed"])


def test_a_port_that_another_process_has(workspace: Path, trainer: Interpreter) -> None:
    """With one machine today's accelerate takes another port by itself; with several it cannot."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        place = f"num_machines: 2, machine_rank: 0, main_process_ip: 127.0.0.1, main_process_port: {port}"
        run = make(workspace, trainer, f"{{num_processes: 2, {place}}}")
        begin(run, trainer.path)
        view = ended(run)
    assert (view.cause, view.message) == (
        "launch-failed",
        f"Port {port} is in use by another process. Set another main_process_port under accelerate: "
        "in the recipe. A run of one machine may leave it out: then a free port is taken.",
    )


def test_an_interpreter_that_went_away_after_the_check(workspace: Path, trainer: Interpreter) -> None:
    gone = Interpreter(workspace / "python", trainer.prefix, trainer.site_packages, trainer.version)
    with pytest.raises(control.NotStarted) as refused:
        control.start(write_recipe(workspace), gone)
    told = str(refused.value)
    assert str(gone.path) in told
    assert "Select another training interpreter" in told
    (view,) = store.list_runs([workspace])
    assert (view.cause, view.message) == ("launch-failed", told)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Of two megabytes."""
    with small_disk(tmp_path / "disk", megabytes=2) as disk:
        yield disk
        for run in store.runs_in(disk / ".tunesmith" / "runs"):
            end(run)


FILL = """
import sys, time
from tunesmith.runtime import __main__ as runtime
from tunesmith.stages.table import Stage
class Config: pass
def main(config, context):
    with open(context.checkpoints.parent / "huge", "wb") as out:
        while True:
            out.write(bytes(65536))
            out.flush()
runtime.stage = lambda name: Stage("train", "", "__main__:Config", "__main__:main")
runtime.rebuild = lambda kind, values: kind()
sys.exit(runtime.main(sys.argv[1:]))
"""


def test_a_disk_that_becomes_full(disk: Path) -> None:
    """A rank can write no more, not even why; the supervisor kept room for the end of the run."""
    run = RunFolder(disk / ".tunesmith" / "runs" / "20260101-120000-abcd")
    for folder in (*run.attempt(1).folders, run.checkpoints):
        folder.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    environment = launch.environment(run.id, runtime_copy(), os.environ)
    inner = Launch((sys.executable, "-c", FILL, str(run.path)), environment, str(disk))
    spec = RunSpec(run.id, "full", "r", "train", {}, inner, sys.executable, 1, time.time(), "0")
    run.spec.write_text(spec.to_json())
    begin(run, Path(sys.executable))
    view = ended(run)
    assert view.cause == "failed"
    assert view.message is not None
    assert view.message.startswith("The disk is full. Free some space and train again.")
    assert not run.attempt(1).reserve.exists()
