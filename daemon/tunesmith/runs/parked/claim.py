"""Starting a run from a parked start: who claims it first has it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.layout import RunFolder
from tunesmith.core.parked import HIDDEN, ParkedFolder, parked_home, read_start
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.activation import Activated
from tunesmith.runs.parked.key import NotParkable, ahead
from tunesmith.stages.recipe import Recipe

log = logging.getLogger(__name__)

PATIENCE = 15.0


class Claim:
    """For one run: takes one of the parked starts that it could go on from."""

    def __init__(self, folders: Iterable[ParkedFolder] = ()) -> None:
        self._folders = tuple(folders)
        self.taken: str | None = None
        """The id of the parked start."""

    def take(self, place: Path) -> bool:
        """Put the folder of a parked start at `place`; False when there is none."""
        for folder in self._folders:
            try:
                folder.path.rename(place)
            except OSError as error:  # Somebody else has it, or it has just ended.
                log.info("%s was not taken: %s", folder.path, error)
                continue
            self.taken = folder.path.name
            return True
        return False

    def goes(self, run: RunFolder) -> bool:
        """Whether what was taken goes on as `run`: False when its processes have ended meanwhile."""
        if self.taken is None:
            return False
        attempt = run.attempt(1)
        deadline = time.monotonic() + PATIENCE
        while not (attempt.started.exists() or attempt.exit.exists()):
            if locks.holder(run.supervisor_lock) is None:
                if attempt.started.exists() or attempt.exit.exists():
                    break  # It has ended since the last look.
                log.info("%s was parked as %s, which has ended: a cold start", run.id, self.taken)
                return False
            if time.monotonic() > deadline:
                raise TimeoutError(f"the parked start {self.taken} did nothing for {PATIENCE:.0f} s")
            time.sleep(0.005)
        log.info("%s goes on from %s", run.id, self.taken)
        return True


def claim_for(
    path: Path, recipe: Recipe, interpreter: Interpreter, activated: Activated, runtime: Path
) -> Claim:
    """The parked starts whose launch is that of the recipe as it is now."""
    home = parked_home(path.parent)
    if not home.is_dir():
        return Claim()
    try:
        return Claim(matching(home, ahead(path, recipe, interpreter, activated, runtime).key))
    except NotParkable as error:
        log.info("%s starts cold: %s", path, error)
        return Claim()


def matching(home: Path, key: str) -> list[ParkedFolder]:
    """Parked starts of this key, and of this user, that live."""
    try:
        places = sorted(place for place in home.iterdir() if not place.name.startswith(HIDDEN))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder for place in places if _matches(folder := ParkedFolder(place), key)]


def _matches(folder: ParkedFolder, key: str) -> bool:
    start = read_start(folder)
    if start is None or start.key != key:
        return False
    supervisor = locks.holder(folder.run.supervisor_lock)
    try:
        return supervisor is not None and Path(f"/proc/{supervisor}").stat().st_uid == os.geteuid()
    except OSError:
        return False
