"""Runs whose launcher is a rank itself, and does what a test wants."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from process_scan import living
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Ended, Exit
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from waiting import until

# A launcher that is a rank itself: it does what a rank does first, and then what a test wants.
RANK = """
import os, signal, subprocess, sys, time
from pathlib import Path
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
run = RunFolder(Path(sys.argv[1]))
attempt = run.attempt(int(sys.argv[2]))
print("the launcher speaks", flush=True)
def begin():
    locks.take_shared(run.lock)
    write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 1})
def end(outcome):
    write_json(attempt.rank_end(0), {"time": time.time(), "outcome": outcome})
"""
GATE = "\nwhile not (run.path / 'go').exists(): time.sleep(0.05)\n"

Start = Callable[..., RunFolder]
"""What the fixture `start` gives."""


def start_launcher(
    folder: Path, name: str, then: str = "", rank: str = "", argv: tuple[str, ...] | None = None
) -> RunFolder:
    """A run in `folder` whose launcher is RANK and `then`, or another command.

    RANK and `rank` lie in its folder as rank.py, for a launcher that starts another process.
    """
    run = RunFolder(folder / ".tunesmith" / "runs" / f"{name}-{os.getpid()}")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    (run.path / "rank.py").write_text(RANK + rank)
    command = argv or (sys.executable, "-c", RANK + then, str(run.path))
    inner = Launch(command, {"TUNESMITH_RUN": run.id}, str(folder))
    spec = RunSpec(run.id, "script", "r", "train", {}, inner, sys.executable, 1, 0.0, "0")
    run.spec.write_text(spec.to_json())
    outer = launch.supervisor(Path(sys.executable), runtime_copy(folder / "data"), run, 1)
    control.start_supervisor(outer, run.attempt(1))
    control.wait_for_start(run.attempt(1))
    return run


def ended(run: RunFolder) -> Exit:
    state = until(
        "the run has ended", lambda: state if isinstance(state := store.state_of(run), Ended) else None
    )
    assert living(run) == set()
    return state.exit


def rank_is_up(run: RunFolder) -> int:
    record = until("the rank is up", lambda: read_json(run.attempt(1).rank_record(0)))
    return record["pid"]
