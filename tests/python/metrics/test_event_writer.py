"""What the standard library writes, TensorBoard reads; and a full disk does no harm."""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from event_bytes import masked_sum
from hypothesis import given
from hypothesis import strategies as st
from trainer import PYTHON
from tunesmith.core.event_writer import EventWriter, framed, header, masked_crc32c
from tunesmith.metrics.decode import decode
from tunesmith.metrics.event_file import frames

ACCUMULATE = Path(__file__).parents[1] / "fixtures" / "events" / "accumulate.py"


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_tensorboard_reads_every_number(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "by the writer"
    writer = EventWriter(folder)
    written = [(0, 100.0), (1, -0.5), (300, 3.4e38), (2**40, math.inf), (2**40 + 1, math.nan)]
    for step, value in written:
        writer.add({"rank-0/cpu_percent": value, "größe": 1e300}, step, wall_time=1.7e9 + step)
    writer.close()
    read = json.loads(
        subprocess.run(
            [PYTHON, ACCUMULATE, only_file(folder)], check=True, capture_output=True, text=True
        ).stdout
    )
    assert read["rank-0/cpu_percent"] == [
        [0, 1.7e9, "100.0"],
        [1, 1.7e9 + 1, "-0.5"],
        [300, 1.7e9 + 300, "3.3999999521443642e+38"],
        [2**40, 1.7e9 + 2**40, "inf"],
        [2**40 + 1, 1.7e9 + 2**40 + 1, "nan"],
    ]
    assert {value for _, _, value in read["größe"]} == {"inf"}


@given(st.binary(max_size=300))
def test_the_checksum_is_the_one_of_the_c_library(data: bytes) -> None:
    assert masked_crc32c(data) == int.from_bytes(masked_sum(data), "little")


def test_each_event_is_in_the_file_at_once_and_nothing_is_made_before_the_first(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path)
    writer.add({}, 1)
    assert list(tmp_path.iterdir()) == []
    for step in range(1, 4):
        writer.add({"loss": step / 2}, step)
        data = only_file(tmp_path).read_bytes()
        points = decode(data, frames(data)).columns["loss"]
        assert points.steps.tolist() == list(range(1, step + 1))
    writer.close()


@pytest.fixture
def little_room() -> Iterator[int]:
    """A limit on the size of files stands in for a disk that fills up in the middle of a record."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    first = len(framed(header(0.0)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (first + 20, before[1]))
    yield first
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_logged_once_and_leaves_no_torn_record(
    tmp_path: Path, little_room: int, caplog: pytest.LogCaptureFixture
) -> None:
    writer = EventWriter(tmp_path)
    for step in range(3):
        writer.add({"loss": 1.0}, step)
    assert only_file(tmp_path).stat().st_size == little_room
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.add({"loss": 1.0}, 3)
    writer.close()
    data = only_file(tmp_path).read_bytes()
    assert decode(data, frames(data)).columns["loss"].steps.tolist() == [3]
    (said,) = caplog.messages
    assert str(tmp_path) in said


def test_a_folder_that_cannot_be_made_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    writer = EventWriter(tmp_path / "file" / "tb")
    writer.add({"loss": 1.0}, 1)
    writer.add({"loss": 1.0}, 2)
    assert len(caplog.messages) == 1


def test_it_costs_the_standard_library_alone(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tunesmith.core.event_writer import EventWriter;"
        "EventWriter(Path(sys.argv[1])).add({'a': 1.0}, 1); print('google_crc32c' in sys.modules)"
    )
    daemon = Path(__file__).parents[3] / "daemon"
    command = [sys.executable, "-S", "-c", code, str(tmp_path)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(daemon)}, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert only_file(tmp_path).stat().st_size > 0
