"""A run that is launched under the debugger: nothing of it runs before the breakpoints are set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from debug_editor import Session
from debug_gang import Gang
from debug_run import BREAKPOINT, PROGRAM, SmallRun
from tunesmith.core.files import last_objects, read_json, write_json
from tunesmith.core.layout import runs_home
from waiting import until

LaunchRun = Callable[..., SmallRun]
OpenSession = Callable[..., Session]
THREAD = {"threadId": 1}
FIRST_LINE = next(
    number for number, line in enumerate(PROGRAM.read_text().splitlines(), 1) if line.endswith("number = 0")
)


@pytest.fixture
def launch_run(tmp_path: Path) -> Iterator[LaunchRun]:
    """Starts ranks that wait for a debugger; they end with the test."""
    runs: list[SmallRun] = []

    def launch(ranks: int, **how: Any) -> SmallRun:
        runs.append(SmallRun(runs_home(tmp_path), ranks, debug=True, **how))
        return runs[-1]

    yield launch
    for run in runs:
        run.end()


def launched(run: SmallRun) -> dict[str, Any]:
    return {**run.configuration(), "request": "launch"}


def waits(run: SmallRun) -> None:
    until("rank 0 waits for the debugger", lambda: phases(run)[-1:] == ["waiting-for-debugger"])


def phases(run: SmallRun) -> list[str]:
    return [str(line["phase"]) for line in last_objects(run.folder.progress)]


def said(run: SmallRun, rank: int = 0) -> str:
    return run.attempt.rank_log(rank).read_text(encoding="utf-8")


def open_parent(run: SmallRun, open_session: OpenSession, **how: Any) -> Session:
    """A session of all ranks in an editor that opens none for a rank."""
    session = open_session(on_ask=how.pop("on_ask", lambda _: True))
    session.initialize()
    session.get("launch", launched(run))
    return session


def test_every_rank_stops_at_its_very_first_line(launch_run: LaunchRun, open_session: OpenSession) -> None:
    run = launch_run(2)
    gang = Gang(launched(run), 2, open_session, {PROGRAM: [FIRST_LINE, BREAKPOINT]})
    gang.all("stopped")
    assert [run.steps(rank) for rank in (0, 1)] == [[], []]
    for session in gang.ranks.values():
        frame = session.get("stackTrace", THREAD)["stackFrames"][0]
        assert (frame["name"], frame["line"]) == ("steps", FIRST_LINE)
    assert phases(run) == ["waiting-for-debugger", "loading"]
    gang.ranks[0].get("continue", THREAD)
    gang.all("stopped")
    gang.parent.get("disconnect", {"terminateDebuggee": True})
    for rank in (0, 1):
        until("a step without a tracer", lambda rank=rank: not run.wait_for_steps(1, rank)[-1]["traced"])
    assert not run.attempt.stop_request.exists()


def test_terminate_asks_for_the_graceful_end_of_the_run(
    launch_run: LaunchRun, open_session: OpenSession
) -> None:
    run = launch_run(1)
    gang = Gang(launched(run), 1, open_session, {PROGRAM: [BREAKPOINT]})
    gang.all("stopped")
    assert gang.parent.event("capabilities")["capabilities"]["supportsTerminateRequest"]
    gang.parent.get("terminate")
    request = read_json(run.attempt.stop_request)
    assert request is not None
    assert request["by"] == "Stop in the debugger"
    gang.all("terminated")
    until("a step without a tracer", lambda: not run.wait_for_steps(1)[-1]["traced"])


def test_a_stop_ends_the_wait(launch_run: LaunchRun) -> None:
    run = launch_run(1)
    waits(run)
    write_json(run.attempt.stop_request, {"by": "test"})
    assert run.ranks[0].wait(60) == 0
    assert run.steps() == []


def test_a_session_that_leaves_first_lets_the_run_go_on(
    launch_run: LaunchRun, open_session: OpenSession
) -> None:
    """It opens no session a rank, so the ranks wait for it until it is gone."""
    run = launch_run(2)
    parent = open_parent(run, open_session)
    waits(run)
    parent.kill()
    for rank in (0, 1):
        run.wait_for_steps(1, rank)
        assert "training starts without it" in said(run, rank)


def test_progress_is_told_until_the_debugger_has_all(
    launch_run: LaunchRun, open_session: OpenSession
) -> None:
    run = launch_run(1, started=0)
    parent = open_parent(run, open_session)
    started = parent.event("progressStart")
    assert (started["message"], started["cancellable"]) == ("The rank is starting", True)
    parent.get("cancel", {"requestId": 1})
    assert not run.attempt.stop_request.exists()
    parent.get("cancel", {"progressId": started["progressId"]})
    parent.event("progressEnd")
    parent.event("terminated")
    assert run.attempt.stop_request.exists()


def test_a_run_that_ends_first_says_why(launch_run: LaunchRun, open_session: OpenSession) -> None:
    run = launch_run(1, started=0)
    parent = open_parent(run, open_session)
    write_json(
        run.attempt.exit, {"cause": "failed", "message": "ModuleNotFoundError: No module named 'tirch'"}
    )
    assert "No module named 'tirch'" in parent.event("output")["output"]
    parent.event("terminated")


def test_an_editor_that_opens_no_rank_keeps_none_waiting(
    launch_run: LaunchRun, open_session: OpenSession
) -> None:
    run = launch_run(1)
    parent = open_parent(run, open_session, on_ask=lambda _: False)
    parent.event("terminated")
    run.wait_for_steps(1)


def test_a_run_has_one_session_that_launched_it(launch_run: LaunchRun, open_session: OpenSession) -> None:
    run = launch_run(1)
    open_parent(run, open_session)
    other = open_session()
    other.initialize()
    refused = other.reply(other.ask("launch", launched(run)))
    assert refused["message"].startswith("Another debug session has started this run.")


def test_a_launch_without_a_run_is_refused(open_session: OpenSession) -> None:
    session = open_session()
    session.initialize()
    refused = session.reply(session.ask("launch", {"recipe": "a.train.yaml"}))
    assert refused["message"] == "This editor starts no run for a debugger. Train, then attach to the run."


def test_an_editor_of_ours_opens_the_ranks_by_an_event(
    launch_run: LaunchRun, open_session: OpenSession
) -> None:
    """It makes them children that live and end with the session of all ranks."""
    run = launch_run(1)
    parent = open_session(options=["--ranks-by-event", "--launched", str(run.folder.path)])
    parent.initialize()
    parent.get("launch", {"recipe": "small.train.yaml"})
    configuration = parent.event("tunesmithRank")
    assert (configuration["request"], configuration["rank"]) == ("launch", 0)
    assert "recipe" not in json.dumps(configuration)
    parent.get("tunesmithRankFailed", {"rank": 0})
    parent.event("terminated")
    run.wait_for_steps(1)
