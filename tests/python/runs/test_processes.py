"""Ending what is left of a run: whatever cannot be ended does not keep the supervisor from its work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tunesmith.core.layout import RunFolder
from tunesmith.supervise.processes import alive

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can be several users, on Linux"
)

# Its first child stays root, as sudo's would.
AS_ANOTHER_USER = """
import os, subprocess, sys
from pathlib import Path
from tunesmith.core.layout import RunFolder
from tunesmith.supervise import processes
run = RunFolder(Path(sys.argv[1]))
SLEEP = ("sleep", "600")
rooted = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.setuid(65534)
own = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(rooted.pid, own.pid, *processes.end_all(run), flush=True)
"""


@pytest.fixture
def run() -> Iterator[RunFolder]:
    """Where every user may look."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        run = RunFolder(Path(folder) / "20260101-120000-abcd")
        run.attempt(1).path.mkdir(parents=True)
        run.lock.touch(0o644)
        yield run


def test_a_child_that_became_another_user_is_left_alone(run: RunFolder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER_USER, run.path], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rooted, own, *ended = map(int, done.stdout.split())
    try:
        assert ended == [own]
        assert alive(rooted)
    finally:
        os.kill(rooted, signal.SIGKILL)
