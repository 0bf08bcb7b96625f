"""A SIGTERM that a rank gets: with a stop request it saves first, alone it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tunesmith.core import in_place
from tunesmith.core.layout import AttemptFolder
from waiting import until

DAEMON = Path(__file__).parents[3] / "daemon"
RANK = """
import sys, time
from pathlib import Path
from tunesmith.core.layout import AttemptFolder
from tunesmith.runtime.termination import save_first
attempt = AttemptFolder(Path(sys.argv[1]))
save_first(attempt)
(attempt.path / "ready").touch()
while not (attempt.path / "step").exists():
    time.sleep(0.02)
(attempt.path / "saved").touch()
"""


@pytest.fixture
def rank(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", RANK, str(tmp_path)], cwd=DAEMON)
    until("a rank", (tmp_path / "ready").exists)
    yield process
    process.kill()
    process.wait()


def test_with_a_stop_request_it_goes_on_to_its_next_step(
    rank: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    rank.send_signal(signal.SIGTERM)
    in_place.write(AttemptFolder(tmp_path).stop_request, {"by": "Slurm"})
    rank.send_signal(signal.SIGTERM)
    (tmp_path / "step").touch()
    assert rank.wait(30) == 0
    assert (tmp_path / "saved").exists()


def test_alone_it_ends_the_rank(rank: subprocess.Popen[bytes], tmp_path: Path) -> None:
    rank.send_signal(signal.SIGTERM)
    assert rank.wait(30) == -signal.SIGTERM
    assert not (tmp_path / "saved").exists()
