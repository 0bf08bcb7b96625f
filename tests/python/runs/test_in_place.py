"""Files that are written where they lie: what a reader finds in them at any moment."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from small_disk import small_disk
from tunesmith.core import in_place

LONG = {"by": "Ann", "why": "x" * 2 * in_place.ROOM}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "request.json"
    in_place.lay_out(file)
    return file


def test_what_is_written_is_read_until_it_is_wiped(file: Path) -> None:
    assert in_place.read(file) is None
    for value in ({"by": "Ann"}, LONG, {"by": "Ben"}):
        in_place.write(file, value)
        assert in_place.read(file) == value
    in_place.wipe(file)
    assert not in_place.is_written(file)


def test_a_file_that_is_not_there_says_nothing_and_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    assert in_place.read(file) is None
    assert in_place.read(file / "below") is None
    in_place.write(file, {"by": "Ann"})
    assert in_place.read(file) == {"by": "Ann"}


def test_what_cannot_be_understood_was_asked_all_the_same(file: Path) -> None:
    for text in ("stop", "[1]", '{"by": '):
        file.write_text(text)
        assert in_place.read(file) == {}


def test_a_reader_finds_a_whole_one_or_none_while_others_write(file: Path) -> None:
    short = {"by": "Ben"}
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            for value in (LONG, short):
                in_place.write(file, value)
            in_place.wipe(file)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + 60
    while len(found) < 300 and time.monotonic() < deadline:
        if (value := in_place.read(file)) is not None:
            found.append(value)
    over.set()
    writer.join(60)
    assert len(found) == 300
    assert all(value in (LONG, short) for value in found)


def test_a_request_finds_room_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        file = disk / "request.json"
        in_place.lay_out(file)
        with pytest.raises(OSError, match="No space left"):
            (disk / "huge").write_bytes(bytes(1 << 21))
        in_place.write(file, {"by": "Ann"})
        assert in_place.read(file) == {"by": "Ann"}
