"""One rank: a breakpoint, a look around, and training that goes on as if nobody had been there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from debug_editor import Session
from debug_run import BREAKPOINT, PROGRAM, SmallRun
from waiting import until

StartRun = Callable[..., SmallRun]
OpenSession = Callable[..., Session]


def test_a_breakpoint_shows_where_and_what(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
    stopped = session.event("stopped")
    frames = session.get("stackTrace", {"threadId": stopped["threadId"]})["stackFrames"]
    assert [frame["name"] for frame in frames] == ["train", "steps", "main", "<module>"]
    assert frames[0]["line"] == BREAKPOINT
    seen = variables(session, frames[0]["id"])
    assert (seen["rank"], seen["item"]) == ("0", "3999")
    assert (
        session.get("evaluate", {"expression": "number > 0", "frameId": frames[0]["id"]})["result"] == "True"
    )
    session.get("continue", {"threadId": stopped["threadId"]})
    session.event("stopped")
    assert (
        int(variables(session, top_frame(session, stopped["threadId"]))["number"]) == int(seen["number"]) + 1
    )


def test_only_the_programs_threads_are_shown(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
    session.event("stopped")
    assert [thread["name"] for thread in session.get("threads")["threads"]] == ["MainThread"]


def test_a_rank_that_runs_already_can_be_asked_to_go_on(
    start_run: StartRun, open_session: OpenSession
) -> None:
    run, session = start_run(), open_session()
    session.attach(run.configuration(0))
    assert session.get("continue", {"threadId": 1}) == {"allThreadsContinued": True}
    session.break_at(PROGRAM, [BREAKPOINT])
    thread = session.event("stopped")["threadId"]
    again = [session.ask("continue", {"threadId": thread}) for _ in range(2)]
    assert all(session.reply(number)["success"] for number in again)
    session.event("stopped")


def leave_politely(session: Session) -> None:
    session.get("disconnect")
    assert session.process.wait(30) == 0


def leave_by_closing(session: Session) -> None:
    session.close()


def leave_by_dying(session: Session) -> None:
    session.kill()


def leave_asking_for_the_end_of_the_program(session: Session) -> None:
    assert not session.reply(session.ask("terminate"))["success"]
    session.get("disconnect", {"terminateDebuggee": True})


LEAVE = [leave_politely, leave_by_closing, leave_by_dying, leave_asking_for_the_end_of_the_program]


def test_attach_and_leave_again_and_again(
    start_run: StartRun, open_session: OpenSession, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each time while it stands at a breakpoint: it steps on, untraced, and the next debugger gets in.

    Step times are shown as ratios to a rank beside it that no debugger ever sees.
    """
    run = start_run(2)
    before = beside_the_other(run)
    shown = [f"step time before attaching: × {before:.2f}"]
    for leave in [*LEAVE, leave_politely]:
        session = open_session()
        session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
        session.event("stopped")
        leave(session)
        until("a step without a tracer", lambda: not run.wait_for_steps(1)[-1]["traced"])
        after = beside_the_other(run)
        assert not any(step["traced"] for step in run.wait_for_steps(20))
        assert not run.attempt.debug_endpoint(0).exists()
        shown.append(f"after {leave.__name__}: × {after:.2f}")
    with capsys.disabled():
        print("", *shown, sep="\n")


def test_an_editor_that_dies_before_it_has_configured(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.initialize()
    session.ask("attach", run.configuration(0))
    session.event("initialized")
    session.kill()
    until("a step without a tracer", lambda: not run.wait_for_steps(1)[-1]["traced"])
    session = open_session()
    session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
    session.event("stopped")


def test_a_rank_listens_on_nothing(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    assert listening(run.ranks[0].pid) == []
    session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
    session.event("stopped")
    assert listening(run.ranks[0].pid) == []


def test_the_endpoint_is_gone_once_the_rank_answered(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.attach(run.configuration(0))
    assert not run.attempt.debug_endpoint(0).exists()
    assert run.attempt.debug_lock(0).parent.stat().st_mode & 0o777 == 0o700


def test_forked_workers_are_left_alone(start_run: StartRun, open_session: OpenSession) -> None:
    """A worker that stood at a breakpoint nobody sees would hang its loader."""
    run, session = start_run(), open_session()
    session.attach(run.configuration(0), {PROGRAM: [BREAKPOINT]})
    stopped = session.event("stopped")
    (run.folder.path / "fork").touch()
    worker = run.folder.path / "worker.json"
    for _ in range(3):
        session.get("continue", {"threadId": stopped["threadId"]})
        session.event("stopped")
    assert until("the worker's word", lambda: worker.exists() and worker.read_text()) == "untraced"


def test_the_session_ends_with_its_rank(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.attach(run.configuration(0))
    (run.folder.path / "finish").touch()
    session.event("terminated")
    session.get("disconnect")
    assert run.ranks[0].wait(30) == 0


def variables(session: Session, frame: int) -> dict[str, str]:
    scopes: list[dict[str, Any]] = session.get("scopes", {"frameId": frame})["scopes"]
    found = session.get("variables", {"variablesReference": scopes[0]["variablesReference"]})["variables"]
    return {variable["name"]: variable["value"] for variable in found}


def top_frame(session: Session, thread: int) -> int:
    return session.get("stackTrace", {"threadId": thread})["stackFrames"][0]["id"]


def beside_the_other(run: SmallRun) -> float:
    """A quick step of rank 0 over one of rank 1 (the 5th percentile), taken in the same while."""
    first = [len(run.steps(rank)) for rank in (0, 1)]
    for rank in (0, 1):
        until("300 steps", lambda rank=rank: len(run.steps(rank)) >= first[rank] + 300)
    seconds = [[step["seconds"] for step in run.steps(rank)[first[rank] :]] for rank in (0, 1)]
    quick = [sorted(own)[len(own) // 20] for own in seconds]
    return quick[0] / quick[1]


def listening(pid: int) -> list[str]:
    """The listening TCP sockets of a process, as /proc shows them."""
    held = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]
