"""What the supervisor of a job makes of Slurm's signals."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise.notice import Notice


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptFolder:
    attempt = RunFolder(tmp_path).attempt(1)
    attempt.path.mkdir(parents=True)
    return attempt


@pytest.fixture
def notice() -> Iterator[Notice]:
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGTERM)}
    yield Notice()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_either_signal_is_a_stop_and_after_one_of_them_it_goes_on(
    notice: Notice, attempt: AttemptFolder
) -> None:
    notice.concerns(attempt)
    signal.raise_signal(signal.SIGTERM)
    assert (read_json(attempt.stop_request) or {})["by"] == "Slurm"
    signal.raise_signal(signal.SIGUSR1)
    assert not notice.preempted, "it was to end already"


def test_a_signal_that_comes_before_the_attempt_reaches_it(notice: Notice, attempt: AttemptFolder) -> None:
    signal.raise_signal(signal.SIGUSR1)
    notice.concerns(attempt)
    assert notice.preempted
    assert attempt.stop_request.exists()


def test_a_stop_that_cannot_be_written_ends_nobody(
    notice: Notice, attempt: AttemptFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    attempt.path.rmdir()
    notice.concerns(attempt)
    signal.raise_signal(signal.SIGUSR1)
    assert notice.preempted
    assert "the stop cannot be written: " in capfd.readouterr().err
