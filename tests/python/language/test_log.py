"""The daemon's log: small for ever, a file each for daemons side by side, and never a reason to end."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_client import daemon
from tunesmith.server import log

FILLS = """
import logging, sys
from pathlib import Path
from tunesmith.server import log
print(log.set_up(Path(sys.argv[1])), flush=True)
for number in range(int(sys.argv[2])):
    logging.getLogger("tunesmith.test").info("line %d %s", number, "x" * 400)
logging.getLogger("noisy").info("not kept")
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    root.handlers[:] = before


def writer(folder: Path, lines: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FILLS, str(folder), str(lines)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_it_rotates_and_keeps_three_files_of_a_megabyte(tmp_path: Path) -> None:
    said = writer(tmp_path / "logs", 9000).communicate("\n")
    assert said == (f"{tmp_path / 'logs' / 'daemon-1.log'}\n", "")
    files = sorted((tmp_path / "logs").glob("daemon-1.log*"))
    assert [file.name for file in files] == ["daemon-1.log", "daemon-1.log.1", "daemon-1.log.2"]
    assert all(file.stat().st_size <= log.SIZE for file in files)
    assert "line 8999 " in files[0].read_text()
    assert "not kept" not in files[0].read_text()


def test_daemons_side_by_side_write_files_of_their_own(tmp_path: Path) -> None:
    first, second = writer(tmp_path, 1), writer(tmp_path, 1)
    try:
        assert first.stdout is not None
        assert second.stdout is not None
        files = {first.stdout.readline().strip(), second.stdout.readline().strip()}
        assert files == {str(tmp_path / "daemon-1.log"), str(tmp_path / "daemon-2.log")}
    finally:
        first.communicate("\n")
        second.communicate("\n")
    with writer(tmp_path, 1) as third:
        assert third.communicate("\n")[0].strip() == str(tmp_path / "daemon-1.log"), "it was free again"


def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, said = writer(tmp_path / "file" / "logs", 50).communicate("\n")
    assert said.count("no log file is written, this output is all there is") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_said_once_and_the_daemon_goes_on(tmp_path: Path) -> None:
    (tmp_path / "daemon-1.log").symlink_to("/dev/full")
    process = writer(tmp_path, 50)
    _, said = process.communicate("\n")
    assert process.returncode == 0
    assert said.count("is not written any more") == 1


async def test_the_daemon_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with daemon(tmp_path) as client:
        pid = client.process.pid
    kept = (tmp_path / "tunesmith" / "daemon-1.log").read_text()
    assert f"process {pid} is tunesmith " in kept
    assert os.fspath(sys.executable) in kept
