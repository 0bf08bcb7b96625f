"""A run that lives and makes no step any more: how long that may last, what is said of it, what is done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_scan import living
from small_run import kill_supervisor
from training import end
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase, Progress
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, hang, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.view import RunView
from tunesmith.supervise.hang import (
    AGAIN,
    BEFORE_STEPS,
    LEAST,
    TIMES,
    longest_silence,
    longest_step,
    usual_step,
)
from tunesmith.supervise.stacks import handles, waits_in
from waiting import until

Lines = list[tuple[float, str, int]]


def lines(told: Lines) -> list[dict[str, object]]:
    return [{"time": time, "phase": phase, "step": step} for time, phase, step in told]


STEADY: Lines = [(10.0 * i, "training", i) for i in range(1, 20)]


@pytest.mark.parametrize(
    ("told", "survived", "seconds"),
    [
        pytest.param([], 0, BEFORE_STEPS, id="nothing was said yet"),
        pytest.param([(0, "loading", 0)], 0, BEFORE_STEPS, id="loading"),
        pytest.param([(0, "training", 0), (5, "training", 1)], 0, BEFORE_STEPS, id="no pace yet"),
        pytest.param([(i / 10, "training", i) for i in range(1, 20)], 0, LEAST, id="short steps"),
        pytest.param(STEADY, 0, TIMES * 10, id="long steps"),
        pytest.param([*STEADY, (3790, "training", 20)], 0, TIMES * 10, id="one step that took an hour"),
        pytest.param([*STEADY, (-3400, "training", 20)], 0, TIMES * 10, id="a clock that was set back"),
        pytest.param(STEADY, 300, AGAIN * 300, id="after a silence that ended by itself"),
        *(
            pytest.param([*STEADY, (200, phase.value, 19)], 0, None, id=phase.value)
            for phase in (Phase.EVALUATING, Phase.SAVING, Phase.WAITING, Phase.STOPPING)
        ),
    ],
)
def test_how_long_a_silence_may_last(told: Lines, survived: float, seconds: float | None) -> None:
    assert longest_silence(lines(told), survived) == seconds


def test_a_recipe_may_say_how_long_a_step_may_take() -> None:
    assert longest_silence(lines(STEADY), 300, asked=90) == 90
    assert longest_silence(lines([(0, "loading", 0)]), asked=90) == BEFORE_STEPS


def test_what_is_no_training_is_no_step() -> None:
    told: Lines = [(0, "training", 0), (30, "training", 1), (31, "training", 2), (32, "training", 3)]
    told += [(32.1, "evaluating", 3), (95, "training", 3), (96, "training", 4)]
    assert usual_step(lines(told)) == 1
    assert longest_step(lines(told)) == 1


DUMP = """\
{before}
Thread 0x00007f51ffffe6c0 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

Current thread 0x00007f5246b1a040 (most recent call first):
{frames}
  File "/data/runtime/0.1.0-abc/tunesmith/runtime/__main__.py", line 104 in <module>
  File "<frozen runpy>", line 198 in _run_module_as_main
{after}
"""
TORCH = "/x/.venv/lib/python3.11/site-packages/torch/distributed/distributed_c10d.py"


@pytest.mark.parametrize(
    ("frames", "place"),
    [
        (
            f'  File "{TORCH}", line 4816 in barrier\n  File "/home/ann/train.py", line 57 in main',
            "waits in barrier (distributed_c10d.py:4816), called in train.py:57",
        ),
        (f'  File "{TORCH}", line 4816 in barrier', "waits in barrier (distributed_c10d.py:4816)"),
        ('  File "/home/ann/train.py", line 5 in <lambda>', "is in <lambda> (train.py:5)"),
    ],
)
def test_where_a_rank_stands(frames: str, place: str) -> None:
    dump = DUMP.format(before="step 3", frames=frames, after='  File "x.py", but this is a log line')
    assert waits_in(dump) == place


def test_a_log_without_stacks_tells_nothing() -> None:
    assert waits_in('step 3\n  File "/home/ann/train.py", line 5 in main\n') is None


def test_who_handles_a_signal_is_known(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells")
    program = (
        "import signal, sys; signal.signal(signal.SIGUSR1, print); print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1) as process:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        assert handles(process.pid, signal.SIGUSR1)
        assert not handles(process.pid, signal.SIGUSR2)
        assert not handles(process.pid, 0)
        process.communicate()
    assert not handles(process.pid, signal.SIGUSR1)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, None),
        ({"since": 1000.0, "usual": 1.23, "waits": None, "said": 5.0}, "No step for 4 min, usually 1.2 s."),
        (
            {"since": 1170.0, "usual": 0.01, "waits": "Rank 1 is in step (train.py:5)", "said": 5.0},
            "No step for 80 s, usually 0.01 s. Rank 1 is in step (train.py:5).",
        ),
        ({"since": -9000.0, "usual": None, "waits": None, "said": 5.0}, "Nothing was said for 2.8 h."),
        ({"since": 9000.0, "usual": 2.0, "waits": None, "said": 5.0}, "No step for 0 s, usually 2 s."),
        ({"since": 1000.0, "usual": 1.0, "waits": None, "said": 4.0}, None),
    ],
    ids=[
        "steps",
        "hangs",
        "stands somewhere",
        "before the first step",
        "a clock that was set back",
        "went on",
    ],
)
def test_what_is_said_of_it(record: dict[str, object] | None, said: str | None, tmp_path: Path) -> None:
    attempt = RunFolder(tmp_path).attempt(1)
    attempt.path.mkdir(parents=True)
    if record:
        attempt.hang.write_text(json.dumps(record))
    assert hang.told(attempt, Progress(5.0, 1, Phase.TRAINING, 3), 1250.0) == said


RANK = """
import os, sys, time
from pathlib import Path
from tunesmith.core import locks
from tunesmith.core.files import append_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.runtime.output import answer_stacks, redirect
run = RunFolder(Path(sys.argv[1]))
attempt = run.attempt(1)
redirect(attempt.rank_log(0))
locks.take_shared(run.lock)
write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 1, "stack_signal": answer_stacks()})
progress = os.open(run.progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def step(number):
    print("step", number, flush=True)
    append_json(progress, {"time": time.time(), "attempt": 1, "phase": "training", "step": number})
def wait_for(name):
    while not (run.path / name).exists():
        time.sleep(0.05)
for number in range(1, 6):
    step(number)
    time.sleep(0.01)
wait_for("go")
step(6)
wait_for("end")
write_json(attempt.rank_end(0), {"time": time.time(), "outcome": "finished"})
"""


@pytest.fixture
def hangs(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RunFolder]:
    """A run that makes five steps and waits for a file `go`; its policy is the parameter."""
    run = RunFolder(tmp_path / ".tunesmith" / "runs" / f"hangs-{os.getpid()}")
    for folder in run.attempt(1).folders:
        folder.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    (tmp_path / "rank.py").write_text(RANK)
    inner = Launch((sys.executable, str(tmp_path / "rank.py"), str(run.path)), {"TUNESMITH_RUN": run.id}, "/")
    spec = json.loads(RunSpec(run.id, "r", "r", "train", {}, inner, sys.executable, 1, 0.0, "0").to_json())
    run.spec.write_text(json.dumps({**spec, "policy": request.param}))
    outer = launch.supervisor(Path(sys.executable), runtime_copy(tmp_path / "data"), run, 1)
    control.start_supervisor(outer, run.attempt(1))
    yield run
    end(run)


def looks(run: RunFolder, what: str, condition: object) -> RunView:
    assert callable(condition)
    return until(what, lambda: view if condition(view := store.look(run)) else None)


@pytest.mark.parametrize("hangs", [{"hang_after": 1.0}], indirect=True)
def test_a_hang_is_said_and_taken_back(hangs: RunFolder) -> None:
    attempt = hangs.attempt(1)
    view = looks(hangs, "it is said to hang", lambda view: view.message)
    assert (view.state, view.phase, view.step) == ("running", "training", 5)
    assert view.message
    if sys.platform == "linux":
        assert "Rank 0 is in wait_for (rank.py:" in view.message
        assert "most recent call first" in attempt.rank_log(0).read_text()

    kill_supervisor(hangs)
    assert control.adopt(hangs)
    until("it is adopted", lambda: locks.holder(hangs.supervisor_lock))
    message = store.look(hangs).message
    assert message
    assert message.startswith("No step for ")

    (hangs.path / "go").touch()
    looks(hangs, "nothing is said of it", lambda view: view.message is None and view.step == 6)
    until("the note is taken away", lambda: not attempt.hang.exists())
    (hangs.path / "end").touch()
    view = looks(hangs, "it has ended", lambda view: view.state == "ended")
    assert (view.cause, view.message) == ("finished", None)
    log = attempt.rank_log(0).read_text()
    assert [line for line in log.splitlines() if line.startswith("step")] == [
        f"step {i}" for i in range(1, 7)
    ]


@pytest.mark.parametrize("hangs", [{"hang_after": 1.0, "on_hang": "end"}], indirect=True)
def test_a_hang_is_ended_when_the_recipe_says_so(hangs: RunFolder) -> None:
    view = looks(hangs, "it has ended", lambda view: view.state == "ended")
    assert view.cause == "failed"
    assert view.message
    assert view.message.startswith("No step for ")
    assert view.message.endswith("It was ended, as on_hang in the recipe says.")
    assert living(hangs) == set()


@pytest.mark.parametrize("hangs", [{"hang_after": 3.0}], indirect=True)
def test_who_stands_in_a_debugger_does_not_hang(hangs: RunFolder) -> None:
    attempt = hangs.attempt(1)
    attempt.debug_lock(0).parent.mkdir()
    program = (
        "import sys; from pathlib import Path; from tunesmith.core import locks\n"
        "locks.take_exclusive(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(attempt.debug_lock(0))]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as debugger:
        assert debugger.stdout
        assert debugger.stdout.readline() == b"held\n"
        # What it did before the debugger came does not count.
        (hangs.path / "go").touch()
        looks(hangs, "it has made another step", lambda view: view.step == 6)
        until("it has been silent for long", lambda: silent_for(hangs) > 7)
        assert read_json(attempt.hang) is None
        debugger.communicate()
    looks(hangs, "it is said to hang", lambda view: view.message)


def silent_for(run: RunFolder) -> float:
    """Seconds since it last said something."""
    return time.time() - run.progress.stat().st_mtime if run.progress.exists() else 0.0
