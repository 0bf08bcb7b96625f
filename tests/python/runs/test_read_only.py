"""A folder that becomes read-only while a run in it trains: the run goes on, and its end is not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from process_scan import living
from small_disk import small_disk
from small_run import make, start, when
from training import end
from tunesmith.core.files import read_json
from tunesmith.runs import store
from waiting import until


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """For whatever is opened from now on, as on a shared disk whose server failed over."""
    subprocess.run(["mount", "--bind", disk, disk], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.fixture
def disk(runs: Path) -> Iterator[Path]:
    with small_disk(runs / "disk", megabytes=8) as disk:
        yield disk
        for run in store.runs_in(disk / ".tunesmith" / "runs"):
            end(run)


def test_a_run_whose_folder_becomes_read_only(disk: Path, tmp_path: Path) -> None:
    run = start(make(disk, "run", "steps()"), tmp_path)
    before = when(run, "running", "training")
    with read_only(disk):
        step = until(
            "it goes on", lambda: view.step if (view := store.look(run)).step > before.step else None
        )
        command = [sys.executable, "-m", "tunesmith", "stop", run.id, "--folder", str(disk)]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert refused.returncode != 0
        assert "Read-only file system" in refused.stderr
        assert "Traceback" not in refused.stderr
        os.kill((read_json(run.attempt(1).rank_record(0)) or {})["pid"], signal.SIGKILL)
        log = run.attempt(1).supervisor_log
        until("its end cannot be written", lambda: "is tried again" in log.read_text())
        assert store.look(run).supervised, "who knows the end stays"
    view = when(run, "ended")
    assert (view.cause, living(run)) == ("signalled", set())
    assert view.step >= step
