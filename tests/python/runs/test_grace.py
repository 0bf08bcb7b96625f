"""How long ranks may be silent after a stop request: what is known of them decides, and it is said."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from launcher_run import Start, ended, rank_is_up
from tunesmith.core import in_place
from tunesmith.core.attempts import furnish
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause
from tunesmith.runs import control, store
from tunesmith.supervise import grace, process_table
from tunesmith.supervise.grace import SAVING, USUAL, Grace, patience
from waiting import until

LONG_STEPS = [(1, 0, "training"), (1, 40, "training"), (1, 41, "training")]


@pytest.mark.parametrize(
    ("progress", "seconds"),
    [
        pytest.param([], USUAL, id="nothing was said yet"),
        pytest.param([(1, 0, "training"), (1, 5, "training")], USUAL, id="short steps"),
        pytest.param(LONG_STEPS, 120, id="a long step"),
        pytest.param([(1, 0, "training"), (2, 900, "training")], USUAL, id="the time between two attempts"),
        pytest.param([(1, 0, "training"), (1, 1, "saving")], SAVING, id="saving"),
        pytest.param([(1, 0, "training"), (1, 1, "evaluating")], SAVING, id="evaluating"),
        pytest.param([(1, 0, "training"), (1, 400, "saving")], 1200, id="saving after a long step"),
    ],
)
def test_what_was_said_decides(progress: list[tuple[int, float, str]], seconds: float) -> None:
    lines = [{"attempt": attempt, "time": at, "phase": phase} for attempt, at, phase in progress]
    last = progress[-1][0] if progress else 1
    assert patience(USUAL, lines, last).seconds == seconds


def test_what_else_is_known_decides() -> None:
    assert patience(USUAL, [], 1).why is None
    assert patience(USUAL, [], 1, heard=True).seconds == SAVING
    assert patience(USUAL, [], 1, longest=100.0).seconds == 300.0
    assert patience(USUAL, [], 1, step_limit=3600.0).seconds == 3600.0


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path)
    furnish(run.attempt(1), None)
    return run


@pytest.fixture
def worker(run: RunFolder) -> Iterator[Popen[bytes]]:
    """A rank that computes without a word until it is killed."""
    worker = Popen([sys.executable, "-c", "while True: pass"])
    write_json(run.attempt(1).rank_record(0), {"pid": worker.pid})
    yield worker
    worker.kill()
    worker.wait()


@pytest.mark.skipif(not process_table.has_proc(), reason="only Linux tells what a process has used so far")
def test_a_script_that_computes_without_a_step_is_waited_for(
    run: RunFolder, worker: Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that evaluates for minutes, and tells nobody."""
    monkeypatch.setattr(grace, "SIGNS_EVERY", 0.01)
    monkeypatch.setattr("tunesmith.supervise.signs.IDLE", 0.02)
    attempt, found = run.attempt(1), Grace(run, run.attempt(1))
    in_place.write(attempt.stop_request, {"by": "Ann", "grace_seconds": 1.0})

    def said() -> bool:
        assert found.over() is None
        return (read_json(attempt.grace) or {}).get("seconds") == grace.BUSY

    until("it is given longer than usual", said)
    assert found.over() is None
    assert "at work" in (read_json(attempt.grace) or {})["why"]
    worker.kill()
    silence = until("it is given up", found.over, 30)
    assert silence > 1.0


def test_a_silence_between_two_steps_counts_as_long_as_the_run_lives(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of short steps later nothing in the file tells of it any more."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    step = json.dumps({"attempt": 1, "time": 1.0, "phase": "training", "step": 1}) + "\n"
    found = Grace(run, run.attempt(1))
    for at in (1.0, 301.0, 302.0):
        clock[0] = at
        with run.progress.open("a") as file:
            file.write(step)
        found.over()
    in_place.write(run.attempt(1).stop_request, {"by": "Ann"})
    for at, given_up in ((303.0, False), (303.0 + 899.0, False), (303.0 + 901.0, True)):
        clock[0] = at
        assert (found.over() is not None) is given_up


def test_a_save_that_follows_the_stop_is_not_cut_off(start: Start) -> None:
    """A script answers SIGTERM and saves for longer than is usual, without a word."""
    heard = "in_place.write(attempt.stop_step, {'call': 3})"
    run = start(
        "from tunesmith.core import in_place\nbegin()\n"
        f"while not in_place.is_written(attempt.stop_request): time.sleep(0.05)\n{heard}\n"
        "while not (run.path / 'go').exists(): time.sleep(0.05)\nend('stopped')"
    )
    rank_is_up(run)
    control.stop(run, force=False, by="Ann", grace_seconds=2.0)
    said = until("it is told", lambda: store.look(run).message)
    assert said == (
        "Given 10 min without a sign of life to stop: it has heard the stop, and saves. "
        "Stop it again to end it now."
    )
    asked = time.monotonic()
    until("it was silent for longer than usual", lambda: time.monotonic() - asked > 3.0)
    (run.path / "go").touch()
    assert ended(run).cause is Cause.STOPPED
