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
    scalar,
    simple,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Reading

FIXTURE = Path(__file__).parents[1] / "fixtures" / "events" / "torch.tfevents"


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
