"""Files of a run folder: whole or absent, appended line by line, readable while they grow."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tunesmith.core import files


def test_json_is_there_whole_and_nothing_else_is(tmp_path: Path) -> None:
    files.write_json(tmp_path / "exit.json", {"code": 0, "message": "größer"})
    assert files.read_json(tmp_path / "exit.json") == {"code": 0, "message": "größer"}
    assert [path.name for path in tmp_path.iterdir()] == ["exit.json"]


def test_what_is_no_json_object_reads_as_nothing(tmp_path: Path) -> None:
    for text in ("", "{", "[1]", "null"):
        (tmp_path / "it").write_text(text)
        assert files.read_json(tmp_path / "it") is None
    assert files.read_json(tmp_path / "absent") is None
    assert files.read_json(tmp_path / "it" / "below") is None


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for step in range(3):
        files.append_json(descriptor, {"step": step})
    os.write(descriptor, b'{"step": 3')
    os.close(descriptor)
    assert [record["step"] for record in files.last_objects(path)] == [0, 1, 2]


@pytest.fixture
def room() -> Iterator[Callable[[int], None]]:
    """Limits how many bytes a file may have, as a disk does that becomes full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_line_that_has_no_room_spoils_none_after_it(tmp_path: Path, room: Callable[[int], None]) -> None:
    path = tmp_path / "artifacts.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    files.append_json(descriptor, {"step": 1})
    room(20)
    with pytest.raises(OSError, match="No space left"):
        files.append_json(descriptor, {"step": 2})
    room(40)
    files.append_json(descriptor, {"step": 3})
    os.close(descriptor)
    assert path.read_text() == '{"step": 1}\n{"step": 3}\n'


def test_only_the_end_of_a_long_file_is_read_and_only_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_text("".join(f"{i:09}\n" for i in range(1000)))
    assert files.last_lines(path, 35) == ["000000997", "000000998", "000000999"]
    assert len(files.last_lines(path, 10_000)) == 1000


def test_lines_that_are_no_objects_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mixed"
    path.write_bytes(b'{"a": 1}\n\xff\xfe\n12\n\n{"b": NaN}\n')
    first, last = files.last_objects(path)
    assert first == {"a": 1}
    assert last["b"] != last["b"]
