"""Runs whose launcher is a rank itself, a small program that steps without any library.

It speaks through the real context of a rank, so that stops, pauses and progress are those of a training.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.view import RunView
from waiting import until

RANK = """
import os, signal, sys, time
from pathlib import Path
from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase
from tunesmith.runtime.context import RunContext
run = RunFolder(Path(sys.argv[1]))
attempt = run.attempt(int(sys.argv[2]))
locks.take_shared(run.lock)
write_json(attempt.rank_record(0), {"pid": os.getpid(), "world_size": 1})
context = RunContext(run, attempt, 0, 1)
first = int((read_json(attempt.plan) or {}).get("step") or 0)
def end(outcome, why=None):
    context.close()
    write_json(attempt.rank_end(0), {"time": time.time(), "outcome": outcome, "why": why})
    sys.exit(0)
def save(step):
    place = run.checkpoints / f"step-{step}"
    place.mkdir(parents=True)
    (place / "state.txt").write_text(str(step))
    context.artifact("checkpoint", place, step=step)
def steps(most=1 << 60, pause=0.01):
    for step in range(first + 1, first + most + 1):
        time.sleep(pause)
        context.progress(Phase.TRAINING, step=step)
        if context.stop_requested():
            save(step)
            end("stopped")
    context.close()
def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
"""


def make(folder: Path, name: str, program: str, policy: Mapping[str, Any] | None = None) -> RunFolder:
    """A complete run folder, not started yet."""
    run = RunFolder(folder / ".tunesmith" / "runs" / f"{name}-{os.getpid()}")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    for lock in (run.lock, run.supervisor_lock):
        lock.touch()
    argv = (sys.executable, "-c", RANK + program, str(run.path))
    inner = Launch(argv, {"TUNESMITH_RUN": run.id}, str(folder))
    spec = RunSpec(
        run.id, name, "r", "script", {}, inner, sys.executable, 1, time.time(), "0", policy=policy or {}
    )
    run.spec.write_text(spec.to_json())
    return run


def start(run: RunFolder, copies: Path) -> RunFolder:
    """As Train does it; `copies` is where the code of runs is put."""
    outer = launch.supervisor(Path(sys.executable), runtime_copy(copies), run, 1)
    control.start_supervisor(outer, run.attempt(1))
    control.wait_for_start(run.attempt(1))
    return run


def when(run: RunFolder, state: str, phase: str | None = None) -> RunView:
    """The first view of it in that state."""

    def look() -> RunView | None:
        view = store.look(run)
        return view if view.state == state and phase in (None, view.phase) else None

    return until(f"{run.id} is {phase or state}; it is {store.look(run)}", look)


def kill_supervisor(run: RunFolder) -> None:
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    until("nobody has it", lambda: locks.holder(run.supervisor_lock) is None)
