"""Holding a parked start: launched, its ranks waiting after their imports, until it becomes a run or is over.

It is over when nobody wants it any more, when one of its processes ends, or when it takes too much memory.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import read_json, write_passing
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.parked import (
    HIDDEN,
    MOST,
    ParkedFolder,
    ParkedStart,
    held_open,
    is_deleted,
    is_run,
    let_go,
    read_start,
    slots,
)
from tunesmith.core.spec import RunSpec
from tunesmith.supervise import attempt as one
from tunesmith.supervise import process_table, processes
from tunesmith.supervise.course import supervise
from tunesmith.supervise.say import say

LOOK_EVERY = 0.05
"""Seconds between two looks for the go."""
LIVES_EVERY = 0.25
LEASE_EVERY = 1.0
MEMORY_EVERY = 10.0
AT_FIRST = 1.0
"""The same until the ranks wait."""
CLAIMED = 60.0
"""Seconds that whoever has claimed it may take to make a run of it."""
LEAST_FREE = 1 << 30
"""Bytes: with less left on the machine nothing is kept ready."""
MEGABYTE = 1e6


def hold(folder: Path, home: Path | None) -> None:
    """Launch what `folder` says and wait; then see the run that it has become to its end."""
    held = held_open(folder)
    parked = ParkedFolder(held)
    start = read_start(parked)
    if start is None:
        return say(f"{folder} is no parked start")
    if locks.take_exclusive(parked.run.supervisor_lock) is None:
        return say("another supervisor has this parked start")
    slot = take_slot()
    if slot is None:
        say(f"there are {MOST} parked starts already")
        if withdraw(folder):
            shutil.rmtree(withdrawn(folder), ignore_errors=True)
        return None
    processes.become_subreaper()
    launch = replace(start.launch, env=one.with_own_code(start.launch.env))
    launcher = one.start(launch, parked.run.attempt(1).launcher_log, parked.run.lock)
    say(f"parked as process {launcher.pid}")
    why = _Waiting(folder, held, start, launcher.pid).until_run()
    if why is not None:
        say(f"ended: {why}")
        processes.end_all(RunFolder(folder), start.id)
        shutil.rmtree(withdrawn(folder), ignore_errors=True)
        return None
    os.close(slot)
    run = the_run(held)
    let_go(held)
    supervise(run, 1, adopt=False, home=home, launcher=launcher.pid)
    if not run.attempt(1).started.exists():  # It was stopped before it began.
        processes.end_all(run)
    return None


def take_slot() -> int | None:
    """The lock on one of this user's slots; None when all are taken."""
    places = slots(os.environ)
    places[0].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    taken = (locks.take_exclusive(place) for place in places)
    return next((slot for slot in taken if slot is not None), None)


def withdrawn(folder: Path) -> Path:
    return folder.with_name(f"{HIDDEN}ended-{folder.name}")


def withdraw(folder: Path) -> bool:
    """Take it away from those who could claim it; False when somebody has."""
    try:
        folder.rename(withdrawn(folder))
    except FileNotFoundError:
        return False
    return True


def the_run(held: Path) -> RunFolder:
    """Named as a cold start names it, whatever links led here."""
    spec = RunSpec.from_json((held / "spec.json").read_text(encoding="utf-8"))
    return RunFolder(runs_home(Path(spec.recipe).parent) / spec.id)


class _Waiting:
    def __init__(self, folder: Path, held: Path, start: ParkedStart, launcher: int) -> None:
        self._folder = folder
        self._held = held
        self._parked = ParkedFolder(held)
        self._start = start
        self._launcher = launcher
        self._next_lives = 0.0
        self._next_lease = 0.0
        self._next_memory = 0.0

    def until_run(self) -> str | None:
        """None when it has become a run and all its processes live; else why it is over."""
        claimed_until: float | None = None
        while not is_run(self._held):
            if claimed_until is None:
                why = self._over()
                if why is not None:
                    if withdraw(self._folder):
                        return why
                    claimed_until = time.monotonic() + CLAIMED
            elif is_deleted(self._held) or time.monotonic() > claimed_until:
                return "whoever claimed it made no run of it"
            time.sleep(LOOK_EVERY)
        return self._lost_one()

    def _over(self) -> str | None:
        now = time.monotonic()
        if now < self._next_lives:
            return None
        self._next_lives = now + LIVES_EVERY
        if is_deleted(self._held):
            return "its folder was deleted"
        if (lost := self._lost_one()) is not None:
            return lost
        if now >= self._next_lease:
            self._next_lease = now + LEASE_EVERY
            if locks.holder(self._parked.lease) is None:
                return "nobody wants it any more"
        if now >= self._next_memory:
            ready = all(self._parked.ready(rank).exists() for rank in range(self._start.ranks))
            self._next_memory = now + (MEMORY_EVERY if ready else AT_FIRST)
            return self._too_large()
        return None

    def _lost_one(self) -> str | None:
        """Whether the launcher, or a rank that waited already, has ended."""
        code = processes.reap().get(self._launcher)
        if code is not None or not processes.alive(self._launcher):
            return f"the launcher ended with code {code}"
        for rank in range(self._start.ranks):
            pid = (read_json(self._parked.ready(rank)) or {}).get("pid")
            if pid is not None and not processes.alive(int(pid)):
                return f"rank {rank} ended"
        return None

    def _too_large(self) -> str | None:
        table = process_table.table()
        own = process_table.descendants(self._launcher, table) | {self._launcher}
        used = sum(table[pid].memory for pid in own if pid in table)
        try:
            write_passing(self._parked.use, {"time": time.time(), "memory": used})
        except OSError as error:
            return f"its folder cannot be written: {error}"
        limit = self._start.memory_limit
        if limit is not None and used > limit:
            return f"it takes {used / MEGABYTE:,.0f} MB, and {limit / MEGABYTE:,.0f} MB are allowed"
        free = process_table.available_memory()
        if free is not None and free < LEAST_FREE:
            return f"the machine has only {free / MEGABYTE:,.0f} MB of memory left"
        return None
