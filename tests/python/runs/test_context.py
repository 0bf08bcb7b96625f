"""What a stage's main is given: progress that is cheap and complete, and one answer for all ranks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase
from tunesmith.runtime.context import RunContext


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path)
    run.attempt(1).path.mkdir(parents=True)
    return run


def context(run: RunFolder, rank: int = 0, world_size: int = 1) -> RunContext:
    return RunContext(run, run.attempt(1), rank, world_size)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def ask_to_stop(run: RunFolder) -> None:
    write_json(run.attempt(1).stop_request, {"by": "Ann"})


def test_a_line_of_progress_tells_all_there_is_to_know(run: RunFolder) -> None:
    one = context(run)
    one.progress(Phase.TRAINING, step=1, total_steps=10, epoch=0.1, loss=0.7)
    one.progress(Phase.EVALUATING, metrics={"eval_f1": 0.5})
    one.progress(Phase.SAVING)
    assert {key: value for key, value in lines(run.progress)[-1].items() if key != "time"} == {
        "attempt": 1,
        "phase": "saving",
        "step": 1,
        "total_steps": 10,
        "epoch": 0.1,
        "loss": 0.7,
        "metrics": {"eval_f1": 0.5},
    }


def test_steps_alone_are_not_written_one_by_one(run: RunFolder) -> None:
    one = context(run)
    for step in range(1, 1001):
        one.progress(Phase.TRAINING, step=step, loss=1.0 / step)
    one.progress(Phase.SAVING, step=1000)
    written = lines(run.progress)
    assert len(written) < 100
    assert (written[-1]["step"], written[-1]["loss"]) == (1000, 0.001)


def test_only_rank_0_writes(run: RunFolder) -> None:
    other = context(run, rank=1, world_size=2)
    other.progress(Phase.TRAINING, step=1)
    other.artifact("checkpoint", run.checkpoints / "checkpoint-1")
    assert not run.progress.exists()
    assert not run.artifacts.exists()


def test_artifacts_are_named_from_the_run_folder(run: RunFolder) -> None:
    context(run).artifact("checkpoint", run.checkpoints / "checkpoint-5", step=5)
    (record,) = lines(run.artifacts)
    assert (record["kind"], record["path"], record["step"]) == ("checkpoint", "checkpoints/checkpoint-5", 5)


def test_a_disk_that_is_full_does_not_end_the_training(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    run.progress.mkdir()
    context(run).progress(Phase.TRAINING, step=1)
    assert "progress.jsonl could not be written" in capsys.readouterr().err


def test_a_rank_alone_stops_at_once(run: RunFolder) -> None:
    one = context(run)
    assert not one.stop_requested()
    ask_to_stop(run)
    assert one.stop_requested()
    assert one.stopped


def test_ranks_stop_at_the_same_call_whoever_asks_first(run: RunFolder) -> None:
    """Within a step any order is possible; no rank enters the next before rank 0 has ended this."""
    zero, one = context(run, 0, 2), context(run, 1, 2)
    assert not zero.stop_requested()
    ask_to_stop(run)
    assert not one.stop_requested(), "rank 1 must not act on a request that rank 0 has not seen"
    assert not one.stop_requested()
    assert not zero.stop_requested(), "rank 0 sees it in call 2 and names call 3"
    assert one.stop_requested()
    assert zero.stop_requested()


def test_a_request_in_the_last_step_stops_nobody(run: RunFolder) -> None:
    zero, one = context(run, 0, 2), context(run, 1, 2)
    ask_to_stop(run)
    assert not zero.stop_requested()
    assert not one.stop_requested()
    assert not zero.stopped
    assert not one.stopped
