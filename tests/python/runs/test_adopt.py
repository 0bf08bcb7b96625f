"""Runs that lost their supervisor, or never had one: another one adopts them and sees them to their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launcher_run import GATE, Start, ended, rank_is_up
from small_run import kill_supervisor
from training import end
from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause, Lost, Queued
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, store, supervisors
from tunesmith.supervise.attempt import NEVER_LAUNCHED
from tunesmith.supervise.course import supervise
from tunesmith.supervise.room import Room
from waiting import until


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


HOLD = "import sys; from pathlib import Path; from tunesmith.core import locks\n"
HOLD += "held = locks.take_exclusive(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


def test_a_supervisor_that_is_slow_is_not_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisors, "PATIENCE", 0.1)
    run = queued(tmp_path, age=0)
    with pytest.raises(control.NotStarted, match="wrote nothing"):
        control.wait_for_start(run.attempt(1))
    command = [sys.executable, "-c", HOLD, str(run.supervisor_lock)]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as supervisor:
        assert supervisor.stdout
        assert supervisor.stdout.readline() == b"held\n"
        control.wait_for_start(run.attempt(1))
        supervisor.communicate()


def test_what_was_given_up_is_not_launched_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its starter says so while the supervisor looks for GPUs."""
    run = queued(tmp_path, age=0)
    given_up = {"time": 1.0, "code": 1, "cause": "launch-failed", "message": "The supervisor wrote nothing."}
    monkeypatch.setattr(Room, "take", lambda _room: write_json(run.attempt(1).exit, given_up))
    monkeypatch.setattr("tunesmith.supervise.processes.become_subreaper", lambda: None)
    supervise(run, 1, adopt=False, home=tmp_path / "queue")
    assert (read_json(run.attempt(1).exit) or {})["message"] == "The supervisor wrote nothing."
    assert not (tmp_path / "launched").exists()
