"""Why a debugger does not get in: one reply that says what happened and what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from debug_editor import Session
from debug_run import SmallRun
from tunesmith.supervise.processes import alive
from waiting import until

StartRun = Callable[..., SmallRun]
OpenSession = Callable[..., Session]


def why(session: Session, configuration: dict[str, object]) -> str:
    """Attach, fail, and return the message. The adapter must then still end as it should."""
    session.initialize()
    reply = session.reply(session.ask("attach", configuration))
    assert not reply["success"]
    assert reply["body"]["error"]["variables"]["why"] == reply["message"]
    session.get("disconnect")
    assert session.process.wait(30) == 0
    return reply["message"]


def test_a_run_that_is_not_there(start_run: StartRun, open_session: OpenSession) -> None:
    assert why(open_session(), {"run": "ffff", "rank": 0}).startswith("No run ffff")


def test_a_rank_that_is_not_there(start_run: StartRun, open_session: OpenSession) -> None:
    message = why(open_session(), start_run().configuration(3))
    assert message.startswith("Rank 3 of 20260101-000000-abcd is not running. Running: rank 0.")


@pytest.mark.parametrize("rank", [None, 0])
def test_a_run_that_has_ended(rank: int | None, start_run: StartRun, open_session: OpenSession) -> None:
    run = start_run()
    run.end()
    assert "running" in why(open_session(), run.configuration(rank))


def test_a_rank_that_is_being_debugged(start_run: StartRun, open_session: OpenSession) -> None:
    run, first = start_run(), open_session()
    first.attach(run.configuration(0))
    message = why(open_session(), run.configuration(0))
    assert f"is being debugged already (by process {first.process.pid})" in message
    run.wait_for_steps(1)
    first.get("threads")


def test_an_interpreter_without_debugpy(
    start_run: StartRun, open_session: OpenSession, python_without_debugpy: Path
) -> None:
    message = why(open_session(), start_run(interpreter=python_without_debugpy).configuration(0))
    assert message.startswith(
        f"debugpy is not installed in the training interpreter {python_without_debugpy}"
    )


def test_an_interpreter_that_is_gone(start_run: StartRun, open_session: OpenSession, tmp_path: Path) -> None:
    message = why(open_session(), start_run(interpreter=tmp_path / "python").configuration(0))
    assert message.startswith(f"The training interpreter {tmp_path}/python does not start")


@pytest.fixture
def silent(start_run: StartRun) -> Iterator[SmallRun]:
    """A rank that runs no Python."""
    run = start_run()
    os.kill(run.ranks[0].pid, signal.SIGSTOP)
    # Each of its threads stops by itself.
    states = Path(f"/proc/{run.ranks[0].pid}/task")
    until("it stands", lambda: all(is_stopped(thread) for thread in states.iterdir()))
    yield run
    os.kill(run.ranks[0].pid, signal.SIGCONT)


def test_a_rank_that_does_not_answer(silent: SmallRun, open_session: OpenSession) -> None:
    message = why(open_session(), silent.configuration(0, timeout=1))
    assert message.startswith("Rank 0 of 20260101-000000-abcd did not answer within 1 s.")
    assert str(silent.attempt.rank_log(0)) in message
    assert not silent.attempt.debug_endpoint(0).exists()


def test_a_rank_that_was_too_late_answers_the_next(silent: SmallRun, open_session: OpenSession) -> None:
    why(open_session(), silent.configuration(0, timeout=1))
    os.kill(silent.ranks[0].pid, signal.SIGCONT)
    session = open_session()
    session.attach(silent.configuration(0))
    assert session.get("threads")["threads"]


def test_a_client_that_gives_up_waiting(silent: SmallRun, open_session: OpenSession) -> None:
    session = open_session()
    session.initialize()
    session.ask("attach", silent.configuration(0))
    session.get("disconnect")
    assert session.process.wait(30) == 0
    assert not silent.attempt.debug_endpoint(0).exists()


def test_an_adapter_that_is_killed_while_it_waits(silent: SmallRun, open_session: OpenSession) -> None:
    """The process that it started ends with it."""
    session = open_session()
    session.initialize()
    session.ask("attach", silent.configuration(0))
    until("the endpoint", silent.attempt.debug_endpoint(0).exists)
    (child,) = children(session.process.pid)
    session.kill()
    until("its end", lambda: not alive(child))


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_stopped(thread: Path) -> bool:
    return (thread / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_an_editor_that_opens_no_sessions(start_run: StartRun, open_session: OpenSession) -> None:
    run, session = start_run(), open_session()
    session.get("initialize", {"adapterID": "tunesmith"})
    reply = session.reply(session.ask("attach", run.configuration()))
    assert '"rank": 0' in reply["message"]


def test_a_request_before_attach(open_session: OpenSession) -> None:
    session = open_session()
    session.initialize()
    assert session.reply(session.ask("threads"))["message"] == "threads: attach to a run first."


@pytest.fixture(scope="session")
def python_without_debugpy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import venv

    place = tmp_path_factory.mktemp("bare")
    venv.create(place, with_pip=False, symlinks=True)
    return place / "bin" / "python"
