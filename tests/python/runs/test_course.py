"""A run from its start to its last end, by a real supervisor: pauses, limits and what follows a crash."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from process_scan import living
from small_run import kill_supervisor, make, start, when
from tunesmith.core import in_place, whereabouts
from tunesmith.core.attempts import last_number, new_attempt, read_plan
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan
from tunesmith.core.policy import Policy
from tunesmith.core.queue import queue_home, ticket_of
from tunesmith.core.run import Cause, Exit
from tunesmith.core.spec import RunSpec
from tunesmith.core.torn import STATE
from tunesmith.runs import asking, control, store
from tunesmith.runs.view import RunView
from tunesmith.supervise.restart import UNREADABLE, Course, NoneReadable, decided, plan_for
from tunesmith.supervise.time_limit import spent
from waiting import until

CRASHES = "steps(3); save(first + 3); crash()"
CRASHES_ONCE = "steps(3); save(first + 3); attempt.number == 1 and crash(); end('finished')"


def begin(folder: Path, program: str, **policy: Any) -> RunFolder:
    return start(make(folder, f"run-{len(list(folder.glob('.tunesmith/runs/*')))}", program, policy), folder)


def ended(run: RunFolder) -> RunView:
    view = when(run, "ended")
    assert living(run) == set()
    return view


def test_a_run_is_paused_and_goes_on_where_it_was(runs: Path) -> None:
    run = begin(runs, "steps()")
    when(run, "running", "training")
    asking.pause(run, "Ann")
    paused = when(run, "running", "paused")
    assert paused.seconds_left is None
    asking.go_on(run)
    until("steps are made again", lambda: store.look(run).step > paused.step)
    asking.pause(run, "Ann")
    when(run, "running", "paused")
    control.stop(run, force=False, by="Ann")
    assert (ended(run).cause, (read_json(run.attempt(1).exit) or {})["by"]) == ("stopped", "Ann")
    with pytest.raises(asking.CannotAsk, match="does not run"):
        asking.pause(run, "Ann")


def test_a_time_limit_stops_a_run_as_anybody_would(runs: Path) -> None:
    run = begin(runs, "steps()", time_limit=2.0)
    view = ended(run)
    assert (view.cause, view.message) == ("stopped", "The time limit of 2 s was reached.")
    assert (read_json(run.attempt(1).exit) or {})["by"] == "time limit"
    assert list(run.checkpoints.iterdir())


@pytest.mark.skipif("boot" not in whereabouts.here(), reason="only Linux tells one start of it from another")
def test_a_clock_that_jumps_spends_no_time_of_a_limit(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(runs, "steps(20); crash()", time_limit=3600.0)
    view = ended(run)
    assert view.cause == "signalled"
    attempt = run.attempt(1)
    end, started = read_json(attempt.exit) or {}, read_json(attempt.started) or {}
    write_json(attempt.exit, {**end, "time": started["time"] + 86400.0})
    assert 0.0 < spent(run) < 600.0, "after its end"
    attempt.exit.unlink()
    write_json(attempt.started, {**started, "time": started["time"] - 86400.0})
    assert 0.0 < spent(run) < 600.0, "while it runs"


def test_a_run_that_ends_before_its_time_is_finished(runs: Path) -> None:
    run = begin(
        runs, "steps(3); end('finished', 'Early stopping: eval_loss got no better.')", time_limit=600.0
    )
    view = ended(run)
    assert (view.cause, view.message) == ("finished", "Early stopping: eval_loss got no better.")
    assert ticket_of(queue_home(os.environ), run) is None, "what has ended leaves nothing in the queue"


def test_a_crash_is_followed_by_an_attempt_from_the_last_checkpoint(runs: Path) -> None:
    run = begin(runs, CRASHES_ONCE, restart={"attempts": 3, "backoff": 0.1})
    view = ended(run)
    assert (view.cause, view.attempt, view.step) == ("finished", 2, 6)
    first = read_json(run.attempt(1).exit) or {}
    assert (first["cause"], first["restart"]) == ("signalled", True)
    plan = read_plan(run.attempt(2))
    assert plan is not None
    assert (plan.why, plan.resume_from, plan.step) == ("restart", "checkpoints/step-3", 3)


def test_restarts_have_a_limit_and_every_attempt_keeps_its_end(runs: Path) -> None:
    run = begin(runs, CRASHES, restart={"attempts": 2, "backoff": 0.1})
    view = ended(run)
    assert (view.cause, view.attempt) == ("signalled", 3)
    assert (view.message or "").endswith("Not started again: that was done 2 times, which is the limit.")
    assert all(run.attempt(number).exit.exists() for number in (1, 2, 3))
    steps = [json.loads(line)["step"] for line in run.progress.read_text().splitlines()]
    assert steps[-1] == 9


AWAY = "run.checkpoints.rename(run.path / 'away')"


def test_checkpoints_that_cannot_be_read_now_are_waited_for(runs: Path) -> None:
    """Beginning anew would throw away what was trained."""
    program = f"steps(3); attempt.number == 1 and (save(3), {AWAY}, crash()); end('finished')"
    run = begin(runs, program, restart={"attempts": 3, "backoff": 0.1})
    until("it looks again", lambda: "looks again" in run.attempt(1).supervisor_log.read_text())
    assert store.look(run).phase == "restarting"
    (run.path / "away").rename(run.checkpoints)
    view = ended(run)
    assert (view.cause, view.attempt, view.step) == ("finished", 2, 6)


def test_a_run_whose_checkpoints_stay_away_does_not_begin_anew(runs: Path) -> None:
    run = begin(runs, f"steps(3); save(3); {AWAY}; crash()", restart={"attempts": 3, "backoff": 0.1})
    until("it looks again", lambda: "looks again" in run.attempt(1).supervisor_log.read_text())
    control.stop(run, force=False, by="Ann")
    view = ended(run)
    assert (view.cause, view.attempt) == ("signalled", 1)
    assert "Not started again: it has saved, and none of its checkpoints is there" in (view.message or "")


def test_a_disk_that_fails_is_looked_at_several_times(runs: Path) -> None:
    run = make(runs, "one", "")
    (run.checkpoints / "step-3" / STATE).mkdir(parents=True)  # Reading it is an error of the system.
    waited: list[float] = []
    with pytest.raises(NoneReadable, match="Is a directory"):
        plan_for(run, RunSpec.from_json(run.spec.read_text()), lambda pause: not waited.append(pause))
    assert tuple(waited) == UNREADABLE


# Without a checkpoint the second attempt begins anew; it must not step before it crashes.
CRASHES_AT_ONCE = "attempt.number > 1 and crash(); steps(3); crash()"


def test_a_crash_loop_ends(runs: Path) -> None:
    run = begin(runs, CRASHES_AT_ONCE, restart={"attempts": 9, "backoff": 0.1})
    view = ended(run)
    assert view.attempt == 2
    assert "it made no step since it was started" in (view.message or "")


def test_a_restart_that_is_waited_for_can_be_stopped(runs: Path) -> None:
    run = begin(runs, CRASHES, restart={"attempts": 3, "backoff": 600.0})
    when(run, "running", "restarting")
    until("the next attempt is made", lambda: last_number(run) == 2)
    with pytest.raises(asking.CannotAsk, match="waits to start again"):
        asking.pause(run, "Ann")
    control.stop(run, force=False, by="Ann")
    view = ended(run)
    assert (view.cause, view.attempt) == ("stopped", 2)
    assert "Stopped while it waited to start again. It had crashed: " in (view.message or "")
    assert not run.attempt(2).started.exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_stop_that_comes_while_a_restart_is_decided_is_heard(runs: Path, force: bool) -> None:
    """Whoever asks looks for the last attempt; the supervisor has looked for requests already."""
    run = begin(runs, CRASHES, restart={"attempts": 3, "backoff": 600.0})
    until("the next attempt is made", lambda: last_number(run) == 2)
    first = run.attempt(1)
    write_json(first.kill_request if force else first.stop_request, {"time": 1.0, "by": "Ann"})
    view = ended(run)
    assert (view.cause, view.attempt) == ("stopped", 2)
    assert (read_json(run.attempt(2).exit) or {})["by"] == "Ann"
    assert not run.attempt(2).started.exists()


def test_a_stop_reaches_an_attempt_that_is_made_while_it_is_asked_for(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor makes the next one, and launches it, between a look for the last and the request."""
    run = begin(runs, CRASHES, restart={"attempts": 3, "backoff": 600.0})
    until("the next attempt is made", lambda: last_number(run) == 2)
    write = in_place.write

    def slowly(path: Path, value: dict[str, Any]) -> None:
        if last_number(run) == 2:
            new_attempt(run, Plan(None, "restart"))
        write(path, value)

    monkeypatch.setattr(in_place, "write", slowly)
    control.stop(run, force=False, by="Ann")
    assert all(in_place.is_written(run.attempt(number).stop_request) for number in (2, 3))


def test_a_supervisor_that_is_killed_while_it_waits_is_replaced_and_the_run_goes_on(runs: Path) -> None:
    run = begin(runs, CRASHES_ONCE, restart={"attempts": 3, "backoff": 5.0})
    when(run, "running", "restarting")
    kill_supervisor(run)
    view = store.look(run)
    assert (view.state, view.phase, view.supervised) == ("running", "restarting", False)
    assert control.adopt(run)
    view = ended(run)
    assert (view.cause, view.attempt, view.step) == ("finished", 2, 6)


def test_a_supervisor_that_is_killed_before_it_made_the_next_attempt_is_replaced(runs: Path) -> None:
    """As between two system calls: the end says that another attempt follows, and there is none."""
    run = begin(runs, CRASHES_ONCE, restart={"attempts": 3, "backoff": 600.0})
    when(run, "running", "restarting")
    until("the next attempt is made", lambda: last_number(run) == 2)
    kill_supervisor(run)
    run.attempt(2).path.rename(runs / "gone")
    view = store.look(run)
    assert (view.state, view.phase, view.supervised) == ("running", "restarting", False)
    assert control.adopt(run)
    until("there is another attempt", lambda: last_number(run) == 2)
    assert when(run, "running", "restarting").supervised


def test_a_run_of_somebody_else_is_not_launched_by_who_looks_at_it(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(runs, CRASHES_ONCE, restart={"attempts": 3, "backoff": 600.0})
    when(run, "running", "restarting")
    kill_supervisor(run)
    monkeypatch.setenv("XDG_DATA_HOME", str(runs / "of another user"))
    assert control.adopt(run)
    view = ended(run)
    assert (view.cause, view.attempt) == ("launch-failed", 2)
    assert "was not started by this user" in (view.message or "")


def test_what_was_changed_since_its_user_started_it_is_not_launched(runs: Path) -> None:
    run = begin(runs, CRASHES_ONCE, restart={"attempts": 3, "backoff": 600.0})
    when(run, "running", "restarting")
    kill_supervisor(run)
    spec = read_json(run.spec) or {}
    write_json(run.spec, {**spec, "launch": {**spec["launch"], "argv": ["/bin/sh"]}})
    assert control.adopt(run)
    assert ended(run).cause == "launch-failed"


POLICY = Policy(restarts=3, backoff=30.0, time_limit=100.0)
HOPEFUL = Course(restarts=0, stepped=True, asked_to_end=False, seconds=1.0)


@pytest.mark.parametrize("cause", Cause)
def test_only_a_crash_is_followed_by_an_attempt(cause: Cause) -> None:
    follows = decided(Exit(0.0, 1, cause), POLICY, HOPEFUL).restart
    assert follows == (cause in (Cause.FAILED, Cause.SIGNALLED))


@pytest.mark.parametrize(
    "course",
    [
        Course(3, True, False, 1.0),
        Course(0, False, False, 1.0),
        Course(0, True, True, 1.0),
        Course(0, True, False, 100.0),
    ],
)
def test_a_crash_is_the_end_without_hope_or_will(course: Course) -> None:
    assert not decided(Exit(0.0, 1, Cause.FAILED), POLICY, course).restart


def test_pauses_double_up_to_an_hour() -> None:
    assert [POLICY.pause_before(number) for number in (1, 2, 3)] == [30.0, 60.0, 120.0]
    assert POLICY.pause_before(10_000) == 3600.0
