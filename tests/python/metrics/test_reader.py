"""A run's event files while they grow, tear, break, vanish and are replaced."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from event_bytes import (
    NAME,
    append,
    event,
    events_folder,
    field,
    header,
    masked_sum,
    record,
    restart,
    scalar,
    simple,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tunesmith.core.attempts import new_attempt
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan
from tunesmith.metrics.reader import LOOK_FOR_FILES, RunReader, Update

FIXTURE = Path(__file__).parents[1] / "fixtures" / "events" / "torch.tfevents"


class Clock:
    """Far enough between two readings that the reader looks for new files."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += LOOK_FOR_FILES
        return self.now


class Reading:
    """A reader and what a test asks of it."""

    def __init__(self, run: Path) -> None:
        self.reader = RunReader(run)
        self.clock = Clock()

    def all(self) -> list[Update]:
        updates = [self.reader.advance(self.clock())]
        while updates[-1].more:
            updates.append(self.reader.advance(self.clock()))
        return updates

    def series(self) -> dict[str, list[tuple[int, str]]]:
        return {
            tag: [
                (step, repr(value))
                for step, value in zip(
                    series.points().steps.tolist(), series.points().values.tolist(), strict=True
                )
            ]
            for tag, series in self.reader.history.series.items()
            if len(series)
        }

    def steps(self, tag: str = "loss") -> list[int]:
        return [step for step, _ in self.series().get(tag, [])]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


def test_nothing_yet_is_no_error(run: Path) -> None:
    reading = Reading(run)
    assert reading.all()[-1].points() == {}
    append(events_folder(run) / NAME, header() + scalar("loss", 1, 0.5))
    assert reading.all()[-1].points()["loss"].steps.tolist() == [1]


def test_a_torn_record_waits_for_its_rest(run: Path) -> None:
    file = events_folder(run) / NAME
    last = scalar("loss", 2, 0.5)
    append(file, header() + scalar("loss", 1, 0.5) + last[:-7])
    reading = Reading(run)
    reading.all()
    assert reading.steps() == [1]
    append(file, last[-7:])
    updates = reading.all()
    assert reading.steps() == [1, 2]
    assert not any(update.replaced for update in updates)
    assert reading.reader.warnings == []


@settings(max_examples=25)
@given(st.lists(st.integers(0, len(FIXTURE.read_bytes())), max_size=12))
def test_any_split_into_appends_gives_the_same_series(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    data = FIXTURE.read_bytes()
    whole_run, split_run = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("split")
    append(events_folder(whole_run) / NAME, data)
    whole, split = Reading(whole_run), Reading(split_run)
    whole.all()
    file = events_folder(split_run) / NAME
    edges = [0, *sorted(cuts), len(data)]
    streamed: dict[str, list[int]] = {}
    for start, stop in pairwise(edges):
        append(file, data[start:stop])
        for update in split.all():
            assert not update.replaced
            for tag, points in update.points().items():
                streamed.setdefault(tag, []).extend(points.steps.tolist())
    assert split.series() == whole.series()
    assert streamed == {tag: whole.steps(tag) for tag in whole.series()}


def test_an_unchanged_file_is_not_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(events_folder(run) / NAME, header() + scalar("loss", 1, 0.5))
    reading = Reading(run)
    reading.all()

    def opened(*_: object) -> int:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(os, "open", opened)
    reading.all()


def test_a_damaged_record_ends_the_file_and_is_said_once(run: Path) -> None:
    file = events_folder(run) / NAME
    bad = bytearray(scalar("loss", 2, 0.5))
    bad[-6] ^= 1
    good = header() + scalar("loss", 1, 0.5)
    append(file, good + bad + scalar("loss", 3, 0.5))
    reading = Reading(run)
    (update,) = reading.all()
    assert reading.steps() == [1]
    assert update.warnings == reading.reader.warnings
    assert f"damaged at byte {len(good)}" in update.warnings[0]
    append(file, scalar("loss", 4, 0.5))
    assert reading.all()[-1].warnings == []
    assert reading.steps() == [1]


def test_a_place_that_was_damaged_is_read_once_it_is_whole(run: Path) -> None:
    file = events_folder(run) / NAME
    second = scalar("loss", 2, 0.5)
    append(file, header() + bytes(len(second)))
    reading = Reading(run)
    assert reading.all()[-1].warnings
    data = header() + second + scalar("loss", 3, 0.5)
    with open(file, "r+b") as late:
        late.write(data)
    reading.all()
    assert reading.steps() == [2, 3]


@pytest.mark.parametrize("same_inode", [True, False])
def test_a_replaced_file_is_read_again(run: Path, same_inode: bool) -> None:
    file = events_folder(run) / NAME
    append(file, header(1.0) + scalar("loss", 1, 0.5))
    reading = Reading(run)
    reading.all()
    data = header(2.0) + scalar("loss", 7, 0.5) + scalar("loss", 8, 0.5)
    if same_inode:
        file.write_bytes(data)
    else:
        other = file.with_name("other")
        other.write_bytes(data)
        other.replace(file)
    updates = reading.all()
    assert any(update.replaced for update in updates)
    assert reading.steps() == [7, 8]


def test_a_truncated_file_is_read_again(run: Path) -> None:
    file = events_folder(run) / NAME
    append(file, header() + scalar("loss", 1, 0.5) + scalar("loss", 2, 0.5))
    reading = Reading(run)
    reading.all()
    os.truncate(file, len(header() + scalar("loss", 1, 0.5)))
    assert any(update.replaced for update in reading.all())
    assert reading.steps() == [1]


def test_a_removed_file_takes_its_points_along(run: Path) -> None:
    folder = events_folder(run)
    append(folder / NAME, header() + scalar("loss", 1, 0.5))
    append(folder / (NAME + ".eval"), header() + scalar("f1", 1, 0.5))
    reading = Reading(run)
    reading.all()
    (folder / NAME).unlink()
    assert any(update.replaced for update in reading.all())
    assert reading.series().keys() == {"f1"}


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


def test_links_and_pipes_are_left_alone(run: Path, tmp_path: Path) -> None:
    folder = events_folder(run)
    append(tmp_path / "elsewhere", header() + scalar("loss", 1, 0.5))
    (folder / "events.out.tfevents.link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "events.out.tfevents.pipe")
    (folder / "loop").symlink_to(folder)
    reading = Reading(run)
    reading.all()
    assert reading.series() == {}


def test_an_image_is_stepped_over_and_a_torn_one_waited_for(run: Path) -> None:
    file = events_folder(run) / NAME
    image = record(event(1, 1.0, field(5, field(1, field(1, b"image") + field(4, bytes(3 << 20))))))
    append(file, header() + image[:-1])
    reading = Reading(run)
    reading.all()
    assert reading.series() == {}
    append(file, image[-1:] + scalar("loss", 2, 0.5))
    reading.all()
    assert reading.steps() == [2]
    assert reading.reader.warnings == []


def test_a_length_beyond_all_files_waits_without_memory(run: Path) -> None:
    length = (2**63).to_bytes(8, "little")
    append(
        events_folder(run) / NAME, header() + scalar("loss", 1, 0.5) + length + masked_sum(length) + bytes(64)
    )
    reading = Reading(run)
    reading.all()
    assert reading.steps() == [1]


@given(data=st.binary(max_size=400))
def test_no_file_makes_it_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    run = tmp_path_factory.mktemp("run")
    append(events_folder(run) / NAME, data)
    append(events_folder(run) / (NAME + ".2"), header() + record(data) + scalar("loss", 1, 0.5))
    reading = Reading(run)
    reading.all()
    assert len(reading.reader.warnings) <= 3


def test_many_events_in_one_file_take_several_reads_and_keep_their_order(run: Path) -> None:
    values = b"".join(simple(f"tag{number}", 0.5) for number in range(100))
    file = events_folder(run) / NAME
    append(file, header() + b"".join(record(event(step, 1.0, field(5, values))) for step in range(1000)))
    reading = Reading(run)
    assert len(reading.all()) > 1
    assert reading.steps("tag99") == list(range(1000))


def test_a_file_in_the_place_of_an_attempt_is_no_error(run: Path) -> None:
    (run / "attempts").mkdir(parents=True)
    (run / "attempts" / "1").write_text("not a folder")
    append(events_folder(run, 2) / NAME, header() + scalar("loss", 1, 0.5))
    reading = Reading(run)
    reading.all()
    assert reading.steps() == [1]
