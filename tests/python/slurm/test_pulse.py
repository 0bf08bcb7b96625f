"""A sign of life from another machine: its clock may say anything."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tunesmith.core.files import write_json
from tunesmith.core.job import HEARTBEAT, STALE, Job, JobState
from tunesmith.core.pulse import SKEW, Pulses
from tunesmith.core.run import Lost, Observed, Running, derive

START = 1_000_000.0
HOUR = 3600.0


class Reader:
    """A process that looks now and then, on a machine whose clocks the test turns."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.now = 50.0
        self.wall = START
        self.pulses = Pulses(lambda: self.now, lambda: self.wall)

    def after(self, seconds: float) -> float | None:
        self.now += seconds
        self.wall += seconds
        return self.pulses.age(self.file)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "heartbeat.json")


def beat(reader: Reader, number: int, skew: float) -> None:
    write_json(reader.file, {"time": reader.wall + skew, "beat": number})


@pytest.mark.parametrize("skew", [-HOUR, -SKEW, 0.0, SKEW, HOUR])
def test_a_run_beats_however_the_clocks_differ(reader: Reader, skew: float) -> None:
    beat(reader, 0, skew)
    reader.after(0)
    for number in range(1, 60):
        beat(reader, number, skew)
        assert reader.after(HEARTBEAT) == 0.0


@pytest.mark.parametrize("skew", [-SKEW, 0.0, SKEW, HOUR])
def test_one_that_beats_no_more_is_noticed_in_time(reader: Reader, skew: float) -> None:
    beat(reader, 0, skew)
    assert reader.after(1.0) == 0.0
    assert reader.after(STALE) == STALE
    beat(reader, 1, skew)
    assert reader.after(1.0) == 0.0


def test_a_clock_that_stands_still_is_no_end(reader: Reader) -> None:
    for number in range(30):
        write_json(reader.file, {"time": START, "beat": number})
        assert reader.after(HEARTBEAT) == 0.0


def test_the_readers_own_clock_may_be_set(reader: Reader) -> None:
    beat(reader, 0, 0.0)
    reader.after(1.0)
    reader.wall += 24 * HOUR
    beat(reader, 1, -24 * HOUR)
    assert reader.after(1.0) == 0.0


def test_an_old_sign_is_none_at_first_sight(reader: Reader) -> None:
    beat(reader, 0, -HOUR)
    assert (reader.after(0) or 0) > STALE


def test_without_a_file_nothing_is_known(reader: Reader) -> None:
    assert reader.after(1.0) is None


@pytest.mark.parametrize(("skew", "state"), [(SKEW, Running), (-SKEW, Running), (-HOUR, Lost)])
def test_a_run_that_slurm_has_forgotten(tmp_path: Path, skew: float, state: type) -> None:
    """Slurm may be the one that forgot: what beats is alive, also on a machine whose clock is late."""
    write_json(tmp_path / "heartbeat.json", {"time": time.time() + skew, "beat": 3})
    age = Pulses().age(tmp_path / "heartbeat.json")
    job = Job("5", JobState.FORGOTTEN)
    seen = Observed(False, False, True, False, None, None, job=job, heartbeat=age)
    assert isinstance(derive(seen), state)
