"""The real supervisor around small launchers: how it starts, watches, sweeps and reports."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from process_scan import living, marked
from training import end, write_recipe
from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause, Ended, Exit, Lost, Phase, Queued, Running
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.supervise.attempt import NEVER_LAUNCHED
from tunesmith.supervise.watch import SAVING_GRACE, patience
from waiting import until

# A launcher that is a rank itself: it does what a rank does first, and then what a test wants.
RANK = """
import os, signal, subprocess, sys, time
from pathlib import Path
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
run = RunFolder(Path(sys.argv[1]))
attempt = run.attempt(int(sys.argv[2]))
print("the launcher speaks", flush=True)
def begin():
    locks.take_shared(run.lock)
    write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 1})
def end(outcome):
    write_json(attempt.rank_end(0), {"time": time.time(), "outcome": outcome})
"""
GATE = "\nwhile not (run.path / 'go').exists(): time.sleep(0.05)\n"

Start = Callable[..., RunFolder]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a run whose launcher is RANK and `then`, or another command; end all of it after the test.

    RANK and `rank` lie in its folder as rank.py, for a launcher that starts another process.
    """
    made: list[RunFolder] = []

    def starter(then: str = "", rank: str = "", argv: tuple[str, ...] | None = None) -> RunFolder:
        run = RunFolder(tmp_path / ".tunesmith" / "runs" / f"run-{len(made)}-{os.getpid()}")
        for folder in run.attempt(1).folders:
            folder.mkdir(parents=True)
        run.lock.touch()
        run.supervisor_lock.touch()
        (run.path / "rank.py").write_text(RANK + rank)
        command = argv or (sys.executable, "-c", RANK + then, str(run.path))
        inner = Launch(command, {"TUNESMITH_RUN": run.id}, str(tmp_path))
        spec = RunSpec(run.id, "script", "r", "train", {}, inner, sys.executable, 1, 0.0, "0")
        run.spec.write_text(spec.to_json())
        made.append(run)
        outer = launch.supervisor(Path(sys.executable), runtime_copy(tmp_path / "data"), run, 1)
        control.start_supervisor(outer, run.attempt(1))
        control.wait_for_start(run.attempt(1))
        return run

    yield starter
    for run in made:
        end(run)


def ended(run: RunFolder) -> Exit:
    state = until(
        "the run has ended", lambda: state if isinstance(state := store.state_of(run), Ended) else None
    )
    assert living(run) == set()
    return state.exit


def rank_is_up(run: RunFolder) -> int:
    record = until("the rank is up", lambda: read_json(run.attempt(1).rank_record(0)))
    return record["pid"]


def test_a_launcher_that_does_its_work(start: Start) -> None:
    run = start("begin(); end('finished')")
    assert ended(run).cause is Cause.FINISHED
    assert run.attempt(1).launcher_log.read_text() == "the launcher speaks\n"
    assert (read_json(run.attempt(1).started) or {})["argv"][-2:] == [str(run.path), "1"]


def test_the_supervisor_is_nobodys_child_and_has_no_terminal(start: Start) -> None:
    run = start("begin(); time.sleep(600)")
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    assert os.getsid(supervisor) != os.getsid(0)
    with pytest.raises(ChildProcessError):
        os.waitpid(supervisor, os.WNOHANG)


def test_a_launcher_that_is_not_there(start: Start) -> None:
    exit = ended(start(argv=("/no/such/python", "x")))
    assert exit.cause is Cause.LAUNCH_FAILED
    assert (
        exit.message == "The training interpreter /no/such/python is not there any more. Select another one."
    )


def test_a_launcher_that_fails_before_a_rank(start: Start) -> None:
    exit = ended(start("raise ValueError('no port is free')"))
    assert (exit.cause, exit.code) == (Cause.LAUNCH_FAILED, 1)
    assert exit.message == "ValueError: no port is free"


def test_it_counts_as_alive_before_a_rank_is(start: Start) -> None:
    """A supervisor that dies while the launcher loads must not make the run look lost."""
    run = start("time.sleep(600)")
    launcher = until("the launcher is up", lambda: locks.holder(run.lock))
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    until("it is gone", lambda: locks.holder(run.supervisor_lock) is None)
    state = store.state_of(run)
    assert isinstance(state, Running)
    assert not state.supervised
    assert locks.holder(run.lock) == launcher


def test_a_kill_request_ends_every_process(start: Start) -> None:
    """Also one in a session of its own whose parent is gone."""
    orphan = "sleep 600 & exec sleep 600"
    run = start(
        f"begin(); subprocess.Popen(['sh', '-c', '{orphan}'], start_new_session=True); time.sleep(600)"
    )
    rank_is_up(run)
    until("all of them are up", lambda: len(marked(run.id)) >= 3)
    control.stop(run, force=True, by="Ann")
    exit = ended(run)
    assert (exit.cause, exit.by) == (Cause.KILLED, "Ann")
    assert marked(run.id) == set()


def test_what_a_launcher_leaves_behind_is_swept(start: Start) -> None:
    run = start("begin(); subprocess.Popen(['sleep', '600'], start_new_session=True); end('finished')")
    assert ended(run).cause is Cause.FINISHED
    assert marked(run.id) == set()


def test_a_stop_request_that_nobody_hears_is_followed_by_a_kill(start: Start) -> None:
    run = start("begin(); time.sleep(600)")
    rank_is_up(run)
    control.stop(run, force=False, by="Ann", grace_seconds=0.1)
    exit = ended(run)
    assert (exit.cause, exit.by) == (Cause.KILLED, "Ann")
    assert exit.message
    assert "gave no sign of life" in exit.message


def test_a_run_whose_steps_are_long_is_given_the_time_to_stop(start: Start) -> None:
    lines = "".join(
        json.dumps({"time": float(at), "attempt": 1, "phase": "training"}) + "\n" for at in (0, 900)
    )
    run = start(
        f"begin(); run.progress.write_text({lines!r})\n"
        "while not attempt.stop_request.exists(): time.sleep(0.05)\n"
        "time.sleep(1.5); end('stopped')"
    )
    until("it has made progress", run.progress.exists)
    control.stop(run, force=False, by="Ann", grace_seconds=0.1)
    exit = ended(run)
    assert (exit.cause, exit.by) == (Cause.STOPPED, "Ann")


@pytest.mark.parametrize(
    ("progress", "seconds"),
    [
        pytest.param([], 60, id="nothing was said yet"),
        pytest.param([(1, 0, "training"), (1, 5, "training")], 60, id="short steps"),
        pytest.param([(1, 0, "training"), (1, 40, "training"), (1, 41, "training")], 120, id="a long step"),
        pytest.param([(1, 0, "training"), (2, 900, "training")], 60, id="the time between two attempts"),
        pytest.param([(1, 0, "training"), (1, 1, "saving")], SAVING_GRACE, id="saving"),
        pytest.param([(1, 0, "training"), (1, 400, "saving")], 1200, id="saving after a long step"),
    ],
)
def test_how_long_a_silence_after_a_stop_request_may_be(
    progress: list[tuple[int, float, str]], seconds: float
) -> None:
    lines = [{"attempt": attempt, "time": at, "phase": phase} for attempt, at, phase in progress]
    last = progress[-1][0] if progress else 1
    assert patience(60.0, lines, last) == seconds


def test_a_stop_request_is_told_and_not_repeated(start: Start) -> None:
    run = start("begin(); time.sleep(600)")
    rank_is_up(run)
    control.stop(run, force=False, by="Ann")
    state = store.state_of(run)
    assert isinstance(state, Running)
    assert state.phase is Phase.STOPPING
    control.stop(run, force=False, by="Ben")
    assert (read_json(run.attempt(1).stop_request) or {})["by"] == "Ann"


def test_ranks_outlive_a_launcher_that_is_killed(start: Start) -> None:
    """As the simple launcher does when it gets a signal: it leaves an orphan that trains on."""
    run = start(
        "subprocess.Popen([sys.executable, run.path / 'rank.py', *sys.argv[1:]]); time.sleep(600)",
        rank="begin()" + GATE + "end('finished')",
    )
    rank_pid = rank_is_up(run)
    (launcher,) = marked(run.id) - {rank_pid}
    os.kill(launcher, signal.SIGKILL)
    until("the launcher is gone", lambda: marked(run.id) == {rank_pid})
    assert isinstance(store.state_of(run), Running)
    (run.path / "go").touch()
    exit = ended(run)
    assert (exit.cause, exit.code) == (Cause.FINISHED, -signal.SIGKILL)


def test_a_killed_rank_that_was_an_orphan_tells_its_signal(start: Start) -> None:
    run = start("begin(); os.kill(os.getpid(), signal.SIGSEGV)")
    exit = ended(run)
    assert (exit.cause, exit.code) == (Cause.SIGNALLED, -signal.SIGSEGV)
    assert exit.message == "Rank 0 was ended by SIGSEGV."


def test_an_adopted_run_ends_as_it_would_have(start: Start) -> None:
    run = start("begin()" + GATE + "end('finished')")
    rank_is_up(run)
    kill_supervisor(run)
    assert control.adopt(run)
    until("it has a supervisor again", lambda: locks.holder(run.supervisor_lock))
    assert not control.adopt(run), "one supervisor is enough"
    (run.path / "go").touch()
    assert ended(run).cause is Cause.FINISHED


def test_a_stop_reaches_a_run_that_lost_its_supervisor(start: Start) -> None:
    run = start("begin()\nwhile not attempt.stop_request.exists(): time.sleep(0.05)\nend('stopped')")
    rank_is_up(run)
    kill_supervisor(run)
    control.stop(run, force=False, by="Ann")
    exit = ended(run)
    assert (exit.cause, exit.by) == (Cause.STOPPED, "Ann")


def test_an_end_that_nobody_saw_is_written_later(start: Start) -> None:
    run = start("begin(); time.sleep(600)")
    rank_pid = rank_is_up(run)
    kill_supervisor(run)
    write_json(run.attempt(1).rank_end(0), {"time": 1.0, "outcome": "finished"})
    os.kill(rank_pid, signal.SIGKILL)
    until("it is lost", lambda: isinstance(store.state_of(run), Lost))
    assert control.adopt(run)
    assert ended(run).cause is Cause.FINISHED


def test_a_run_of_which_nothing_is_known_stays_lost(start: Start) -> None:
    run = start("begin(); time.sleep(600)")
    rank_is_up(run)
    end(run)
    assert isinstance(store.state_of(run), Lost)
    assert not control.adopt(run)
    assert store.look(run).message == store.LOST


def queued(folder: Path, age: float) -> RunFolder:
    """A run whose starter ended after the folder was made and before its supervisor was started."""
    run = RunFolder(folder / ".tunesmith" / "runs" / "queued")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    inner = Launch(("touch", str(folder / "launched")), {}, str(folder))
    run.spec.write_text(
        RunSpec(run.id, "script", "r", "train", {}, inner, "p", 1, time.time() - age, "0").to_json()
    )
    return run


def test_a_run_whose_starter_ended_first_is_concluded(tmp_path: Path) -> None:
    run = queued(tmp_path, age=store.ABANDONED + 1)
    assert control.adopt(run)
    exit = ended(run)
    assert (exit.cause, exit.message) == (Cause.LAUNCH_FAILED, NEVER_LAUNCHED)
    assert not (tmp_path / "launched").exists()


def test_a_stop_ends_a_run_whose_starter_ended_first(tmp_path: Path) -> None:
    run = queued(tmp_path, age=store.ABANDONED + 1)
    control.stop(run, force=False, by="Ann")
    assert ended(run).message == NEVER_LAUNCHED


def test_a_run_that_is_being_started_is_left_alone(tmp_path: Path) -> None:
    run = queued(tmp_path, age=0)
    assert not control.adopt(run)
    assert isinstance(store.state_of(run), Queued)


def kill_supervisor(run: RunFolder) -> None:
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    until("it is gone", lambda: locks.holder(run.supervisor_lock) is None)


def test_a_supervisor_that_does_not_start_leaves_no_run_waiting(workspace: Path) -> None:
    recipe = write_recipe(workspace)
    python = workspace / "python"
    python.write_text("#!/bin/sh\necho this is no Python >&2\nexit 7\n")
    python.chmod(0o755)
    with pytest.raises(control.NotStarted, match=r"code 7.*this is no Python"):
        control.start(recipe, Interpreter(python, workspace, (), "3.11"))
    (view,) = store.list_runs([workspace])
    assert (view.state, view.cause) == ("ended", "launch-failed")
    assert view.message
    assert "this is no Python" in view.message


def test_a_supervisor_whose_python_is_gone_is_said_not_to_start(tmp_path: Path) -> None:
    attempt = RunFolder(tmp_path).attempt(1)
    attempt.supervisor_log.parent.mkdir(parents=True)
    with pytest.raises(control.NotStarted, match="/no/such/python"):
        control.start_supervisor(Launch(("/no/such/python",), {}, str(tmp_path)), attempt)
