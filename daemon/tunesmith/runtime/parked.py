"""A rank that was launched ahead of its run: it imports what the run will need, and waits for the go.

It touches no device and makes no process group or thread: whatever a cold rank does after its imports it does
after the go, by the same code.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import signal
import sys
import sysconfig
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder, runs_home
from tunesmith.core.parked import ParkedFolder, held_open, let_go, read_start
from tunesmith.core.spec import RunSpec
from tunesmith.runtime.output import redirect

OPTION = "--parked"
RUN_VARIABLE = "TUNESMITH_RUN"
LOOK_EVERY = 0.05
"""Seconds between two looks for the go."""
SUPERVISOR_EVERY = 0.5
"""The same for the supervisor's life, which costs a little more."""
OURS = "tunesmith"


def wait(folder: Path) -> list[str]:
    """The arguments of a cold rank, once there is a run; ends the process when there will be none."""
    arguments = _until_run(folder)
    if arguments is None:
        give_up(folder.name)
    return arguments


def give_up(parked: str) -> NoReturn:
    """End this rank and its launcher at once: nothing is to be saved, and an interpreter that has loaded so
    much takes seconds to leave."""
    launcher = os.getppid()
    if is_marked(launcher, parked):  # Not whoever took its place when it had ended.
        os.kill(launcher, signal.SIGKILL)
    os._exit(0)


def is_marked(pid: int, parked: str) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return f"{RUN_VARIABLE}={parked}".encode() in environment.split(b"\0")


def _until_run(folder: Path) -> list[str] | None:
    held = held_open(folder)
    parked = ParkedFolder(held)
    rank = int(os.environ.get("RANK", "0"))
    attempt = parked.run.attempt(1)
    redirect(attempt.rank_log(rank))
    locks.take_shared(parked.run.lock)
    supervisor = locks.holder(parked.run.supervisor_lock)
    start = read_start(parked)
    if supervisor is None or start is None:
        return None
    import_ahead(start.imports)
    leave_to_collect()
    try:
        write_json(parked.ready(rank), {"time": time.time(), "pid": os.getpid()})
    except FileNotFoundError:
        return None
    if not until_started(parked.run, attempt, supervisor):
        return None
    spec = RunSpec.from_json(parked.run.spec.read_text(encoding="utf-8"))
    let_go(held)
    return as_cold(RunFolder(runs_home(Path(spec.recipe).parent) / spec.id))


def import_ahead(statements: Iterable[str]) -> None:
    """Execute import statements in their order, up to one that fails or is not for a library.

    Whoever needs what failed imports it again, and says why it fails.
    """
    for statement in statements:
        module = statement.split()[1].split(".")[0].rstrip(",")
        if not is_library(module):
            return
        try:
            exec(statement, {"__name__": __name__})
        except Exception as error:  # noqa: BLE001 - any module may raise anything
            print(f"tunesmith: not imported ahead: {statement}: {error!r}", file=sys.stderr, flush=True)
            return


def leave_to_collect() -> None:
    """What the imports made stays until the end: the training's collections need not walk over it.

    Trainer asks for one before its first step, which takes a quarter of a second with all that is loaded.
    """
    gc.collect()
    gc.freeze()


def is_library(name: str) -> bool:
    """Whether the module is ours, the interpreter's own, or installed: none that the user is writing."""
    if name == OURS or name in sys.stdlib_module_names:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    installed = [Path(sysconfig.get_path(place)) for place in ("purelib", "platlib")]
    places = [spec.origin] if spec and spec.origin else list((spec and spec.submodule_search_locations) or ())
    return bool(places) and all(
        any(Path(place).is_relative_to(root) for root in installed) for place in places
    )


def until_started(run: RunFolder, attempt: AttemptFolder, supervisor: int) -> bool:
    """Wait for the supervisor that launched this rank to begin the attempt; False when it has ended, though
    another one may have begun the attempt by itself."""
    looked = time.monotonic()
    while not attempt.started.exists():
        time.sleep(LOOK_EVERY)
        if time.monotonic() - looked >= SUPERVISOR_EVERY:
            looked = time.monotonic()
            if locks.holder(run.supervisor_lock) != supervisor:
                return False
    return (read_json(attempt.started) or {}).get("supervisor") == supervisor


def as_cold(run: RunFolder) -> list[str]:
    """Let arguments and environment be those of a rank that was launched for the run."""
    arguments = [str(run.path), "1"]
    os.environ[RUN_VARIABLE] = run.id
    sys.argv[1:] = arguments
    before = sys.orig_argv.index(OPTION) if OPTION in sys.orig_argv else len(sys.orig_argv)
    sys.orig_argv[before:] = arguments
    return arguments
