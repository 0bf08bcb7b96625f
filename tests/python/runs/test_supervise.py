"""The real supervisor around small launchers: how it starts, watches, sweeps and reports."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from launcher_run import GATE, Start, ended, rank_is_up
from process_scan import marked
from small_run import kill_supervisor
from training import write_recipe
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause, Phase, Running
from tunesmith.core.spec import Launch
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from waiting import until


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
    kill_supervisor(run)
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
