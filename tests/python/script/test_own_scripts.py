"""Scripts that know nothing of us, really launched: what is seen of them, and how each kind is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trainer
from own_run import REPOSITORY, Start
from tunesmith.core.files import read_json
from tunesmith.runs import control, resume

SAMPLE = REPOSITORY / "samples" / "own-script"
OUTSIDE = ("--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--main_process_port", "0")
LOADS = """
import json, sys
import torch
sys.path.insert(0, sys.argv[1])
from accelerate import Accelerator
from train import Reader
accelerator = Accelerator(cpu=True)
model = Reader(32)
optimizer = torch.optim.AdamW(model.parameters())
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=100_000)
model, optimizer, schedule = accelerator.prepare(model, optimizer, schedule)
accelerator.load_state(sys.argv[2])
steps = {int(state["step"]) for state in optimizer.optimizer.state.values()}
print(json.dumps({"optimizer": sorted(steps), "schedule": schedule.scheduler.last_epoch}))
"""


def ran(program: str, *arguments: str) -> str:
    """What a program prints in the training interpreter."""
    command = [str(trainer.PYTHON), "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def test_a_plain_loop_without_any_writer(own: Start) -> None:
    run = own("script: SCRIPTS/plain_loop.py\n")
    view = run.when("steps at a known pace", lambda view: view.step > 20 and view.steps_per_second)
    assert (view.phase, view.total_steps, view.world_size, view.stop) == ("training", None, 1, "nothing")
    run.when("has a curve of its pace", lambda _: run.series().get("steps_per_second"))
    control.stop(run.run, force=False, by="Ann")
    view = run.ended()
    assert (view.cause, view.message) == ("stopped", None)
    assert f"cleaned up after {view.step}" in run.log()
    assert "goes on after" not in run.log(), "a stop is nothing that a program catches by the way"
    assert not run.run.artifacts.exists()


def test_a_script_that_ends_by_itself(own: Start) -> None:
    run = own("script: SCRIPTS/plain_loop.py\nargs: {steps: 30, pause: 0.001}\n")
    view = run.ended()
    assert (view.cause, view.step, view.message) == ("finished", 30, None)


def test_a_script_that_handles_sigterm_gets_one_between_its_steps(own: Start, tmp_path: Path) -> None:
    run = own(f"script: SCRIPTS/saves_on_sigterm.py\nargs: {{out: {tmp_path}}}\n")
    view = run.when("trains", lambda view: view.step > 5)
    assert view.stop == "signal"
    control.stop(run.run, force=False, by="Ann")
    view = run.ended()
    assert (view.cause, view.message) == ("stopped", None)
    saved = json.loads(
        ran("import json, sys, torch; print(json.dumps(torch.load(sys.argv[1])))", str(tmp_path / "saved.pt"))
    )
    assert saved == {"step": view.step, "schedule": view.step}, "the scheduler has made the step as well"


def test_a_trainer_of_the_scripts_own(own: Start) -> None:
    run = own(
        "script: SCRIPTS/trains_with_trainer.py\n"
        'args: {output_dir: "{run}/out", max_steps: 1000000, logging_steps: 5, save_strategy: "no",'
        ' report_to: tensorboard, use_cpu: true, resume_from_checkpoint: "{resume}"}\n'
    )
    view = run.when("trains", lambda view: view.step > 5 and view.loss is not None)
    assert (view.stop, view.total_steps) == ("checkpoint", 1_000_000)
    run.when("has the curve of its loss", lambda _: run.series().get("train/loss"))
    control.stop(run.run, force=False, by="Ann")
    view = run.ended()
    assert (view.cause, view.message) == ("stopped", None)
    (checkpoint,) = run.artifacts()
    assert (checkpoint["path"], checkpoint["step"]) == (f"out/checkpoint-{view.step}", view.step)
    assert (run.run.path / checkpoint["path"] / "model.safetensors").exists()
    assert f"after training, at step {view.step}" in run.log(), "what follows the training is the script's"

    resume.resume(run.run)
    again = run.when("goes on", lambda now: now.attempt == 2 and now.step > view.step)
    assert again.resumed is not None
    assert (again.resumed.step, again.resumed.label) == (view.step, "unsafe")
    assert again.resumed.reason == "the script restores it by itself, which nobody can prove"


def test_the_sample_on_two_ranks_stops_with_a_checkpoint_that_fits_together(
    own: Start, tmp_path: Path
) -> None:
    """Unchanged: the file that is tested outside below."""
    run = own(
        f"script: {SAMPLE / 'train.py'}\n"
        'args: {epochs: 1000, output_dir: "{run}/output"}\naccelerate: {num_processes: 2}\n'
    )
    view = run.when("trains", lambda view: view.step > 30)
    assert (view.stop, view.world_size) == ("checkpoint", 2)
    run.when("has its curves", lambda _: {"train/loss", "eval/accuracy"} <= run.series().keys())
    control.stop(run.run, force=False, by="Ann")
    view = run.ended()
    assert (view.cause, view.message) == ("stopped", None)
    ends = [(read_json(run.run.attempt(1).rank_end(rank)) or {})["outcome"] for rank in (0, 1)]
    assert ends == ["stopped", "stopped"]
    (checkpoint,) = run.artifacts()
    assert (checkpoint["path"], checkpoint["step"]) == (f"checkpoints/step-{view.step}", view.step)
    state = json.loads(ran(LOADS, str(SAMPLE), str(run.run.path / checkpoint["path"])))
    # accelerate steps the scheduler once a process.
    assert state == {"optimizer": [view.step], "schedule": 2 * view.step}


def test_the_sample_runs_outside(tmp_path: Path) -> None:
    launch = [str(trainer.PYTHON), "-m", "accelerate.commands.launch", *OUTSIDE, str(SAMPLE / "train.py")]
    env = {**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*launch, "--epochs", "3", "--output_dir", str(tmp_path)],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("accuracy") == 3, "one process speaks for both"
    assert (tmp_path / "model" / "model.safetensors").exists()
    assert list((tmp_path / "digits").glob("events.out.tfevents.*"))


def test_the_rank_that_failed_first_is_named(own: Start) -> None:
    run = own("script: SCRIPTS/fails_on_rank_1.py\naccelerate: {num_processes: 2}\n")
    view = run.ended()
    assert view.cause == "failed"
    assert view.message is not None
    assert "ValueError: row 412 of shard 1 has no label, in a world of 2" in view.message
    assert "1" in view.message.partition("ValueError")[0], "the rank"
    error = read_json(run.run.attempt(1).rank_error(1))
    assert error is not None
    frames = [line for line in error["traceback"].splitlines() if line.startswith("  File")]
    assert [line.rpartition("in ")[2] for line in frames] == ["<module>", "check"]
    assert all("fails_on_rank_1.py" in line for line in frames)


def test_a_wrong_argument_is_refused_before_the_start(own: Start) -> None:
    with pytest.raises(AssertionError, match="TN441"):
        own("script: SCRIPTS/plain_loop.py\nargs: {stps: 3}\n")


def test_what_only_the_script_knows_is_told_in_its_own_words(own: Start, tmp_path: Path) -> None:
    parser = "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--steps', type=int)\n"
    checks = "if parser.parse_args().steps > 2:\n    parser.error('--steps is at most 2')\n"
    (tmp_path / "few.py").write_text(parser + checks)
    view = own("script: few.py\nargs: {steps: 3}\n").ended()
    assert view.cause == "failed"
    assert view.message is not None
    assert "Exit code 2: few.py: error: --steps is at most 2" in view.message


def test_a_launcher_that_starts_fewer_ranks_than_asked_is_an_error(own: Start, tmp_path: Path) -> None:
    """The real world size is asserted before the script's first line."""
    run = own("script: SCRIPTS/plain_loop.py\nargs: {steps: 3}\n").run
    done: Any = subprocess.run(
        [sys.executable, "-m", "tunesmith.runtime", str(run.path), "1"],
        env={**os.environ, "RANK": "0", "WORLD_SIZE": "3"},
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert (
        "1 processes were asked for and the launcher made a world of 3"
        in run.attempt(1).rank_log(0).read_text()
    )
