"""Which points of a run count: those of the latest attempt that got there, in whichever file they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from event_bytes import NAME, append, events_folder, header, restart, scalar
from reading import Reading
from tunesmith.core.attempts import new_attempt
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


def test_a_second_attempt_replaces_the_steps_that_it_repeats(run: Path) -> None:
    append(events_folder(run, 1) / NAME, header() + b"".join(scalar("loss", step, 1.0) for step in range(10)))
    reading = Reading(run)
    reading.all()
    append(events_folder(run, 10) / NAME, header() + b"".join(scalar("loss", step, 3.0) for step in (8, 9)))
    append(
        events_folder(run, 2) / NAME, header() + b"".join(scalar("loss", step, 2.0) for step in (5, 6, 7, 8))
    )
    updates = reading.all()
    assert any(update.replaced for update in updates)
    values = [float(value) for _, value in reading.series()["loss"]]
    assert values == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3]
    assert reading.steps() == list(range(10))


def test_a_resumed_attempt_voids_what_it_goes_over_in_every_tag(run: Path) -> None:
    """The evaluation at step 9 is not repeated yet, and would stand among losses of another attempt."""
    points = (
        b"".join(scalar("loss", step, 1.0) for step in range(10))
        + scalar("f1", 4, 0.5)
        + scalar("f1", 9, 0.7)
    )
    append(events_folder(run, 1) / NAME, header() + points)
    reading = Reading(run)
    reading.all()
    attempt = new_attempt(RunFolder(run), Plan("checkpoints/checkpoint-5", "resume", step=5))
    assert reading.steps("f1") == [4, 9], "until it writes itself, what there is stays"
    append(attempt.events / NAME, header() + scalar("loss", 6, 2.0))
    assert any(update.replaced for update in reading.all())
    assert reading.steps("loss") == [0, 1, 2, 3, 4, 5, 6]
    assert reading.steps("f1") == [4]
    append(attempt.events / f"{NAME}.2", header() + scalar("f1", 9, 0.6))
    reading.all()
    assert reading.steps("f1") == [4, 9]
    assert reading.steps("loss") == [0, 1, 2, 3, 4, 5, 6], "only once: not with the attempt's second file"


def test_a_restart_record_voids_what_follows(run: Path) -> None:
    file = events_folder(run) / NAME
    append(file, header() + scalar("loss", 1, 0.5) + scalar("loss", 2, 0.5) + scalar("f1", 2, 0.5))
    reading = Reading(run)
    reading.all()
    append(file, restart(2))
    assert reading.all()[-1].replaced
    assert reading.steps() == [1]
    assert reading.steps("f1") == []


def test_tags_of_a_folder_below_carry_its_name(run: Path) -> None:
    folder = events_folder(run) / "validation"
    folder.mkdir()
    append(folder / NAME, header() + scalar("loss", 1, 0.5))
    append(events_folder(run) / NAME, header() + scalar("loss", 2, 0.5))
    reading = Reading(run)
    reading.all()
    assert reading.steps("validation/loss") == [1]
    assert reading.steps("loss") == [2]


def test_a_file_in_the_place_of_an_attempt_is_no_error(run: Path) -> None:
    (run / "attempts").mkdir(parents=True)
    (run / "attempts" / "1").write_text("not a folder")
    append(events_folder(run, 2) / NAME, header() + scalar("loss", 1, 0.5))
    reading = Reading(run)
    reading.all()
    assert reading.steps() == [1]
