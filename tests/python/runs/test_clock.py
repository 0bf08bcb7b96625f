"""A clock that jumps while a run trains: it goes on telling where it stands, and nobody thinks it hangs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from training import end
from tunesmith.core.checkpoints import last_checkpoint
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase, Progress
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, launch, store
from tunesmith.runs.remaining import seconds_left, steps_per_second
from tunesmith.runs.runtime_copy import runtime_copy
from waiting import until

HOUR = 3600.0
# A rank whose clock jumps by the seconds in its last argument, between its tenth step and the next.
RANK = """
import os, sys, time
from pathlib import Path
real, jumped = time.time, 0.0
time.time = lambda: real() + jumped
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase
from tunesmith.runtime.context import RunContext
run = RunFolder(Path(sys.argv[2]))
attempt = run.attempt(1)
locks.take_shared(run.lock)
write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 1})
context = RunContext(run, attempt, 0, 1)
def save(step):
    folder = run.checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    write_json(folder / "trainer_state.json", {"global_step": step, "max_steps": 40})
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    context.artifact("checkpoint", folder, step=step, epoch=1.0)
for step in range(1, 31):
    context.progress(Phase.TRAINING, step=step, total_steps=40, loss=1 / step)
    time.sleep(0.1)
    if step == 10:
        save(step)
        jumped = float(sys.argv[1])
save(30)
while not (run.path / "end").exists():
    time.sleep(0.05)
write_json(attempt.rank_end(0), {"time": time.time(), "outcome": "finished"})
"""


@pytest.fixture
def jumps(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunFolder]:
    run = RunFolder(tmp_path / ".tunesmith" / "runs" / f"jumps-{os.getpid()}")
    for folder in run.attempt(1).folders:
        folder.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    argv = (sys.executable, "-c", RANK, str(request.param), str(run.path))
    inner = Launch(argv, {"TUNESMITH_RUN": run.id}, str(tmp_path))
    spec = RunSpec(run.id, "r", "r", "train", {}, inner, sys.executable, 1, time.time(), "0")
    run.spec.write_text(spec.to_json())
    outer = launch.supervisor(Path(sys.executable), runtime_copy(tmp_path / "data"), run, 1)
    control.start_supervisor(outer, run.attempt(1))
    yield run
    end(run)


@pytest.mark.parametrize("jumps", [-HOUR, HOUR], indirect=True, ids=["set back", "set forward"])
def test_a_run_whose_clock_jumps(jumps: RunFolder) -> None:
    view = until(
        "the steps after it are told", lambda: view if (view := store.look(jumps)).step >= 28 else None
    )
    assert (view.state, view.supervised, view.message) == ("running", True, None)
    assert view.steps_per_second
    # Ten or, on a busy machine, somewhat fewer: no step took an hour, or less than no time.
    assert 0.1 < view.steps_per_second < 20
    spec = RunSpec.from_json(jumps.spec.read_text())
    until("it has saved", lambda: (last := last_checkpoint(jumps, spec)) and last.step == 30)
    (jumps.path / "end").touch()
    view = until("it has ended", lambda: view if (view := store.look(jumps)).state == "ended" else None)
    assert (view.cause, view.message) == ("finished", None)


def test_the_pace_after_a_jump_is_that_of_the_steps_after_it() -> None:
    before = [Progress(HOUR + i, 1, Phase.TRAINING, i, 100) for i in range(1, 11)]
    after = [Progress(2.0 * i, 1, Phase.TRAINING, i, 100) for i in range(11, 21)]
    assert steps_per_second([*before, *after]) == 0.5
    assert seconds_left([*before, *after], now=40.0) == 160
    assert seconds_left([*before, *after], now=40.0 - HOUR) == 160, "it was set back once more"
