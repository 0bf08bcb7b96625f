"""Two machines that would train apart: refused, or ended by the rank that sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from machines.runs import ended
from own_run import SCRIPTS
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, create, joining, launch
from tunesmith.runs.machine import Machine
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.stages.recipe import Recipe
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse

RECIPE = """\
script: two_machines.py
args: {out: checkpoints}
accelerate: {num_processes: 2, num_machines: 2, main_process_ip: 127.0.0.1, main_process_port: 29512}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "two.train.yaml"
    path.write_text(RECIPE)
    (tmp_path / "two_machines.py").write_text((SCRIPTS / "two_machines.py").read_text())
    return path


def make(recipe: Path, trainer: Interpreter) -> RunFolder:
    bound = bind(parse(RECIPE), Recipe).value
    return create.create(recipe, RECIPE, bound, trainer, runtime_copy(), Machine(2, 0))


def test_a_launcher_that_trains_for_itself_on_each_machine(recipe: Path, trainer: Interpreter) -> None:
    """`accelerate launch --cpu --num_machines 2` starts one process here, and another one there."""
    run = make(recipe, trainer)
    spec = json.loads(run.spec.read_text())
    argv = spec["launch"]["argv"]
    argv[argv.index("--multi_gpu")] = "--cpu"
    run.spec.write_text(json.dumps(spec))
    control.start_supervisor(launch.supervisor(trainer.path, runtime_copy(), run, 1), run.attempt(1))
    control.wait_for_start(run.attempt(1))

    view = ended(run)

    assert view.cause == "failed"
    assert "2 processes were asked for and the launcher made a world of 1" in (view.message or "")


def test_one_run_at_a_time_meets_at_a_place(recipe: Path, trainer: Interpreter) -> None:
    run = make(recipe, trainer)
    with pytest.raises(control.NotStarted, match=f"{run.id} meets at 127.0.0.1:29512 already"):
        control.start(recipe, trainer)


def test_a_machine_joins_what_was_started(
    recipe: Path, trainer: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "PATIENCE", 0.0)
    with pytest.raises(control.NotStarted, match=r"No run that meets at 127\.0\.0\.1:29512 was started"):
        joining.join(recipe, trainer, 1)
    with pytest.raises(control.NotStarted, match="Machine 2 cannot join"):
        joining.join(recipe, trainer, 2)
