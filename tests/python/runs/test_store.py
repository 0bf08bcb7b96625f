"""Finding run folders and deriving their states from what lies in them."""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.run import Phase, Progress
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import store
from tunesmith.runs.ranks import look_at_ranks
from tunesmith.runs.remaining import seconds_left
from tunesmith.server.run_view import to_run


def make(folder: Path, run_id: str, created: float = 0.0) -> RunFolder:
    run = RunFolder(runs_home(folder) / run_id)
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    launch = Launch(("python",), {}, str(folder))
    spec = RunSpec(
        run_id, "tiny", str(folder / "tiny.train.yaml"), "train", {}, launch, "python", 1, created, "0"
    )
    run.spec.write_text(spec.to_json())
    return run


def write_progress(run: RunFolder, *lines: dict[str, Any]) -> None:
    run.progress.write_text("".join(json.dumps(line) + "\n" for line in lines))


def line(step: int, time: float = 0.0, attempt: int = 1) -> dict[str, Any]:
    return {
        "time": time,
        "attempt": attempt,
        "phase": "training",
        "step": step,
        "total_steps": 100,
        "loss": 0.5,
    }


def test_a_run_that_nobody_started_is_queued(tmp_path: Path) -> None:
    view = store.look(make(tmp_path, "a", created=time.time()))
    assert (view.state, view.supervised) == ("queued", True)


@pytest.mark.parametrize("question", [1, 2])
@pytest.mark.parametrize(
    ("before", "meanwhile", "state"),
    [
        pytest.param((), ("supervised", "started"), "queued", id="its supervisor starts"),
        pytest.param(("supervised", "started"), ("launched", "killed"), "running", id="its supervisor ends"),
    ],
)
def test_what_happens_while_somebody_looks_makes_no_run_lost(
    question: int,
    before: tuple[str, ...],
    meanwhile: tuple[str, ...],
    state: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make(tmp_path, "a", created=time.time())
    held: set[Path] = set()
    events = {
        "supervised": lambda: held.add(run.supervisor_lock),
        "started": lambda: write_json(run.attempt(1).started, {"time": 1.0}),
        "launched": lambda: held.add(run.lock),
        "killed": lambda: held.discard(run.supervisor_lock),
    }
    for event in before:
        events[event]()
    asked = 0

    def holder(path: Path) -> int | None:
        nonlocal asked
        asked, answer = asked + 1, 4242 if path in held else None
        for event in meanwhile if asked == question else ():
            events[event]()
        return answer

    monkeypatch.setattr("tunesmith.core.locks.holder", holder)
    assert store.look(run).state == state


def test_a_queued_run_that_nobody_will_start_any_more_is_unsupervised(tmp_path: Path) -> None:
    run = make(tmp_path, "a", created=time.time() - store.ABANDONED - 1)
    view = store.look(run)
    assert (view.state, view.supervised) == ("queued", False)


def test_a_run_that_started_and_left_nothing_is_lost(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    write_json(run.attempt(1).started, {})
    view = store.look(run)
    assert (view.state, view.message) == ("lost", store.LOST)


def test_an_end_is_told_with_cause_message_and_time(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    write_json(run.attempt(1).started, {})
    end = {"time": 9.0, "code": 1, "cause": "failed", "by": None, "message": "ValueError: bad"}
    write_json(run.attempt(1).exit, end)
    write_progress(run, line(7))
    view = store.look(run)
    assert (view.state, view.cause, view.message, view.ended) == ("ended", "failed", "ValueError: bad", 9.0)
    assert (view.step, view.total_steps, view.loss, view.seconds_left) == (7, 100, 0.5, None)


def test_only_the_progress_of_the_last_attempt_counts(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    run.attempt(2).path.mkdir()
    write_progress(run, line(50, attempt=1))
    view = store.look(run)
    assert (view.attempt, view.step) == (2, 0)


def test_lines_of_progress_that_cannot_be_understood_are_left_out(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    write_progress(run, line(1), {"phase": "dancing"}, {**line(2), "colour": "red"})
    assert store.look(run).step == 1


def test_the_log_to_show_first(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    attempt = run.attempt(1)
    assert store.look(run).log is None
    attempt.launcher_log.write_text("x")
    assert store.look(run).log == str(attempt.launcher_log)
    attempt.rank_log(0).write_text("x")
    assert store.look(run).log == str(attempt.rank_log(0))


def test_runs_below_a_folder_newest_first(tmp_path: Path) -> None:
    make(tmp_path, "old", 1.0)
    make(tmp_path / "deep" / "er", "new", 2.0)
    make(tmp_path / "node_modules", "hidden", 3.0)
    make(tmp_path / ".hidden", "hidden", 3.0)
    (runs_home(tmp_path) / ".new-unfinished").mkdir()
    assert [view.id for view in store.list_runs([tmp_path, tmp_path / "deep"])] == ["new", "old"]


def test_a_folder_that_cannot_be_read_costs_nobody_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, "good")
    newer = make(tmp_path, "newer")
    newer.spec.write_text(newer.spec.read_text().replace('"format": 1', '"format": 99'))
    (runs_home(tmp_path) / "empty").mkdir()
    with caplog.at_level(logging.WARNING):
        assert [view.id for view in store.list_runs([tmp_path])] == ["good"]
    assert "format 99" in caplog.text


def points(*steps: tuple[float, int], phase: Phase = Phase.TRAINING) -> list[Progress]:
    return [Progress(time, 1, phase, step, 100) for time, step in steps]


@pytest.mark.parametrize(
    ("progress", "now", "left"),
    [
        (points((0.0, 10), (10.0, 20)), 10.0, 80.0),
        (points((0.0, 10), (10.0, 20)), 15.0, 75.0),
        (points((0.0, 10), (10.0, 100)), 10.0, 0.0),
        # Only the last two minutes tell the pace.
        (points((0.0, 10), (1000.0, 20), (1010.0, 30)), 1010.0, 70.0),
        (points((0.0, 10)), 0.0, None),
        (points((0.0, 10), (10.0, 10)), 10.0, None),
        (points((0.0, 10), (10.0, 20), phase=Phase.LOADING), 10.0, None),
        ([], 0.0, None),
    ],
)
def test_time_left(progress: list[Progress], now: float, left: float | None) -> None:
    assert seconds_left(progress, now) == left


def test_what_cannot_be_listed_holds_no_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    assert store.runs_in(tmp_path / "file") == []
    assert "cannot be listed" in caplog.text


def test_an_end_that_is_not_understood_is_named(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    run.attempt(1).exit.write_text('{"cause": "finished", "mood": "good"}')
    with pytest.raises(ValueError, match=r"exit\.json is not understood"):
        store.state_of(run)


def test_what_a_rank_uses_is_told_while_it_lives(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    attempt = run.attempt(1)
    write_json(attempt.started, {})
    write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 2})
    write_json(attempt.rank_record(1), {"pid": 2**22 + 1, "world_size": 2})
    write_json(attempt.rank_record(10), {"pid": os.getpid(), "world_size": 2})
    use = {"memory": 1_400_000_000, "cpu_percent": 180.0, "gpu_memory": None, "gpu_percent": None}
    write_json(attempt.resources, {"time": 1.0, "ranks": {"0": use, "1": use}})
    write_json(attempt.rank_end(10), {"time": 1.0, "outcome": "finished"})
    living, gone, done = look_at_ranks(attempt, True, None)
    assert (living.alive, living.outcome, living.cpu_percent, living.memory) == (
        True,
        None,
        180.0,
        1_400_000_000,
    )
    assert (gone.alive, gone.outcome, gone.memory) == (False, "gone", None)
    assert (done.number, done.alive, done.outcome) == (10, False, "finished")
    assert to_run(replace(store.look(run), ranks=(living, gone))).ranks[0].cpu_percent == 180.0


def test_the_rank_that_failed_first_is_shown_first(tmp_path: Path) -> None:
    run = make(tmp_path, "a")
    attempt = run.attempt(1)
    for rank in (0, 1):
        write_json(attempt.rank_record(rank), {"pid": 1, "world_size": 2})
        attempt.rank_log(rank).write_text("x")
    message = "Rank 1 was ended by SIGKILL."
    end = {"time": 9.0, "code": 1, "cause": "signalled", "by": None, "message": message, "rank": 1}
    write_json(attempt.exit, end)
    view = store.look(run)
    assert view.log == str(attempt.rank_log(1))
    assert [rank.error for rank in view.ranks] == [None, message]
    assert [rank.outcome for rank in view.ranks] == ["gone", "failed"]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("spec.json", "[1]"),
        ("spec.json", "[" * 100_000),
        ("spec.json", '{"created": "soon"}'),
        ("attempts/1/ranks/0.json", '{"pid": Infinity}'),
        ("attempts/1/ranks/0.json", "[" * 100_000),
        ("attempts/1/exit.json", '{"cause": []}'),
    ],
)
def test_a_folder_with_something_else_in_its_files_hides_no_other(
    tmp_path: Path, place: str, text: str
) -> None:
    make(tmp_path, "good")
    broken = make(tmp_path, "broken")
    said = json.loads(broken.spec.read_text())
    is_part = place == "spec.json" and text.startswith("{")
    (broken.path / place).write_text(json.dumps({**said, **json.loads(text)}) if is_part else text)
    assert "good" in [view.id for view in store.list_runs([tmp_path])]
