"""Parking a start, and what is known of one that is parked."""

from __future__ import annotations

import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RUNS
from tunesmith.core.parked import (
    HIDDEN,
    ParkedFolder,
    ParkedStart,
    parked_home,
    read_start,
    write_start,
)
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, supervisors
from tunesmith.runs.create import blank, ignore_in_git, new_id
from tunesmith.runs.parked.key import Ahead, NotParkable, ahead

log = logging.getLogger(__name__)

ABANDONED = 60.0
"""Seconds after which a folder without a supervisor is cleared away: one may be about to come."""


@dataclass(frozen=True)
class Parked:
    """A parked start that this process wants: it lasts as long as this process and its lease."""

    folder: ParkedFolder
    start: ParkedStart
    lease: int

    @property
    def alive(self) -> bool:
        """Whether it can still be claimed."""
        return locks.holder(self.folder.run.supervisor_lock) is not None

    @property
    def claimed(self) -> bool:
        """Whether somebody has taken it for a run."""
        return Path(f"/proc/self/fd/{self.lease}").readlink().parents[2].name == RUNS

    @property
    def ready(self) -> bool:
        """Whether all its ranks wait after their imports."""
        return self.alive and all(self.folder.ready(rank).exists() for rank in range(self.start.ranks))

    @property
    def memory(self) -> int | None:
        """The bytes that its processes take, once they were looked at."""
        return (read_json(self.folder.use) or {}).get("memory")

    def release(self) -> None:
        """It ends within a second or two, unless it has become a run."""
        os.close(self.lease)


def park(recipe: Path, interpreter: Interpreter, memory_limit: int | None = None) -> Parked:
    """Launch the next run of a saved recipe ahead. Returns once its supervisor has it; `memory_limit` is in
    bytes.

    Raises what `control.accept` does, NotParkable, and NotStarted.
    """
    recipe = recipe.absolute()
    _, checked = control.accept(recipe, interpreter)
    return park_ahead(ahead(recipe, checked, interpreter), memory_limit)


def park_ahead(wanted: Ahead, memory_limit: int | None = None) -> Parked:
    """The same for a launch that is known."""
    home = parked_home(wanted.recipe.parent)
    home.mkdir(parents=True, exist_ok=True)
    ignore_in_git(home.parent)
    clear_abandoned(home)
    if others(home, wanted.recipe):
        raise NotParkable(f"Another window has the next start of {wanted.recipe} ready.")
    name = f"parked-{new_id(time.time())}"
    building, folder = ParkedFolder(home / f"{HIDDEN}new-{name}"), ParkedFolder(home / name)
    command = wanted.launch(folder.run)
    start = ParkedStart(
        name,
        str(wanted.recipe),
        wanted.key,
        time.time(),
        launch.parked(command, folder.path),
        wanted.imports,
        launch.num_processes(wanted.accelerate),
        os.getpid(),
        memory_limit,
    )
    try:
        blank(building.run)
        building.start.parent.mkdir()
        lease = locks.take_exclusive(building.lease)
        assert lease is not None, "nobody else knows of it yet"
        write_json(building.run.accelerate, launch.accelerate_config(wanted.accelerate))
        write_start(building, start)
        building.path.rename(folder.path)
    except BaseException:
        shutil.rmtree(building.path, ignore_errors=True)
        raise
    supervisor = launch.parked_supervisor(wanted.interpreter.path, wanted.runtime, folder.run)
    try:
        control.start_supervisor(supervisor, folder.run.attempt(1), wanted.inherited)
        _wait_for_supervisor(folder)
    except (control.NotStarted, NotParkable):
        os.close(lease)
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return Parked(folder, start, lease)


def others(home: Path, recipe: Path) -> list[ParkedFolder]:
    """Parked starts of the recipe that live and belong to another process."""
    return [folder for place in home.iterdir() if _is_others(folder := ParkedFolder(place), recipe)]


def _is_others(folder: ParkedFolder, recipe: Path) -> bool:
    start = read_start(folder)
    if start is None or start.recipe != str(recipe) or start.owner == os.getpid():
        return False
    return locks.holder(folder.run.supervisor_lock) is not None


def _wait_for_supervisor(folder: ParkedFolder) -> None:
    deadline = time.monotonic() + supervisors.PATIENCE
    while locks.holder(folder.run.supervisor_lock) is None:
        if not folder.path.exists():
            raise NotParkable(f"The parked start {folder.path} ended at once.")
        if time.monotonic() > deadline:
            raise control.NotStarted(f"Nobody holds the parked start {folder.path}.")
        time.sleep(0.01)


def clear_abandoned(home: Path) -> None:
    """Folders of parked starts whose supervisor was killed; their processes have ended by themselves."""
    for place in home.iterdir():
        if _is_abandoned(ParkedFolder(place)):
            gone = home / f"{HIDDEN}ended-{place.name.lstrip(HIDDEN)}"
            try:
                place.rename(gone)
            except OSError:
                continue  # Somebody else was faster.
            shutil.rmtree(gone, ignore_errors=True)


def _is_abandoned(folder: ParkedFolder) -> bool:
    start = read_start(folder)
    age = time.time() - (folder.path.stat().st_mtime if start is None else start.created)
    return age > ABANDONED and locks.holder(folder.run.supervisor_lock) is None
