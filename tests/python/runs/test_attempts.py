"""The next attempt of a run: complete when it is seen, and made by one alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tunesmith.core.attempts import furnish, new_attempt, read_plan
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = RunFolder(tmp_path / "20261122-093000-a1b2")
    run.attempts.mkdir(parents=True)
    furnish(run.attempt(1), None)
    return run


def test_a_first_attempt_has_no_plan(run: RunFolder) -> None:
    assert read_plan(run.attempt(1)) is None
    assert all(place.is_dir() for place in run.attempt(1).folders)


def test_the_next_attempt_is_whole_and_knows_why(run: RunFolder) -> None:
    attempt = new_attempt(run, Plan("checkpoints/checkpoint-4", "resume", "exact", None, 4))
    assert attempt.number == 2
    assert all(place.is_dir() for place in attempt.folders)
    plan = read_plan(attempt)
    assert plan is not None
    assert (plan.resume_from, plan.why, plan.label, plan.step) == (
        "checkpoints/checkpoint-4",
        "resume",
        "exact",
        4,
    )
    assert plan.created > 0
    assert [path.name for path in run.attempts.iterdir() if path.name.startswith(".")] == []


def test_attempts_are_counted_as_numbers(run: RunFolder) -> None:
    numbers = [new_attempt(run, Plan(None, "restart")).number for _ in range(10)]
    assert numbers == list(range(2, 12))


def test_an_attempt_is_never_replaced(run: RunFolder) -> None:
    """Two resume at the same moment: both see one attempt, and both make the second."""
    first = new_attempt(run, Plan(None, "resume"), after=1)
    first.started.write_text("{}")
    with pytest.raises(FileExistsError, match="attempt 2"):
        new_attempt(run, Plan(None, "resume"), after=1)
    assert first.started.exists()
    assert [path.name for path in run.attempts.iterdir() if path.name.startswith(".")] == []


def test_of_many_threads_that_resume_at_once_one_makes_the_attempt_whole(run: RunFolder) -> None:
    together = threading.Barrier(8)

    def resume(_: int) -> bool:
        together.wait()
        try:
            new_attempt(run, Plan(None, "resume"), after=1)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(resume, range(8))) == [False] * 7 + [True]
    assert sorted(path.name for path in run.attempts.iterdir()) == ["1", "2"]
    attempt = run.attempt(2)
    assert read_plan(attempt) is not None
    assert all(place.is_dir() for place in attempt.folders)


def test_a_plan_that_is_none_is_not_believed(run: RunFolder) -> None:
    run.attempt(1).plan.write_text('{"why": 3}')
    assert read_plan(run.attempt(1)) is None
