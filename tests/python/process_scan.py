"""Which processes of a run live, seen from outside: by the mark in their environment, and by the locks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder


def marked(run_id: str, variable: str = "TUNESMITH_RUN") -> set[int]:
    """Processes that carry the run's id in their environment and have not ended."""
    if sys.platform != "linux":
        listed = subprocess.run(
            ["/bin/ps", "-axEo", "pid=,command="], capture_output=True, text=True, check=True
        )
        lines = [line for line in listed.stdout.splitlines() if f"{variable}={run_id}" in line]
        return {int(line.split()[0]) for line in lines} - {os.getpid()}
    found: set[int] = set()
    mark = f"{variable}={run_id}\0".encode()
    for path in Path("/proc").iterdir():
        try:
            if path.name.isdigit() and mark in (path / "environ").read_bytes():
                found.add(int(path.name))
        except OSError:
            continue
    return found


def living(run: RunFolder) -> set[int]:
    """All processes of the run, its supervisor too."""
    holders = {locks.holder(run.lock), locks.holder(run.supervisor_lock)} - {None}
    return marked(run.id) | {pid for pid in holders if pid}
