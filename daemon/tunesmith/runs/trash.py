"""Deleting runs: first into `.tunesmith/trash`, from where they come back, and for good when it is emptied.

Nothing outside of that folder is deleted, and no link is followed: what goes is named by the id of a run, and
taken away below a folder that was opened without following links.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.layout import TRASH, RunFolder
from tunesmith.core.run import Ended, Lost
from tunesmith.runs import store
from tunesmith.runs.kept import record

log = logging.getLogger(__name__)

GOING = ".going-"
"""Before the name of what is being deleted for good: it does not come back."""


class NotMoved(Exception):
    """A run was not deleted, restored or removed; the message says why and what to do."""


@dataclass(frozen=True)
class Trashed:
    """A run in the trash. `size` in bytes, `created` in seconds since the epoch."""

    id: str
    name: str
    created: float
    size: int


@dataclass(frozen=True)
class Emptied:
    """`left` says for each run that is still there why."""

    runs: int
    size: int
    left: tuple[str, ...] = ()


def trash_of(home: Path) -> Path:
    """The trash beside a `.tunesmith/runs`."""
    return home.parent / TRASH


def delete(run: RunFolder) -> None:
    """Move a run that is over into the trash. Raises NotMoved."""
    _refuse_unless_over(run)
    trash = trash_of(run.path.parent)
    if trash.is_symlink():
        raise NotMoved(f"{trash} is a link: {run.id} was not deleted. Put a folder in its place.")
    target = trash / run.id
    try:
        trash.mkdir(exist_ok=True)
        if _exists(target):
            raise NotMoved(f"The trash has a run {run.id} already. Empty it, then delete the run.")
        run.path.rename(target)
    except OSError as error:
        raise NotMoved(f"{run.id} was not deleted: {_why(error)}") from error
    if is_alive(RunFolder(target)):
        # It came to life between the question and the move. Its locks moved along with it.
        target.rename(run.path)
        raise NotMoved(f"{run.id} is going on. Stop it, then delete it.")


def restore(home: Path, run_id: str) -> RunFolder:
    """Take a run out of the trash again. Raises NotMoved."""
    trashed, run = trash_of(home) / run_id, RunFolder(home / run_id)
    if not is_id(run_id) or not _is_folder(trashed) or trash_of(home).is_symlink():
        raise NotMoved(f"There is no run {run_id} in the trash of {home.parent.parent}.")
    if _exists(run.path):
        raise NotMoved(f"{home.parent.parent} has a run {run_id} already: the one in the trash stays there.")
    try:
        trashed.rename(run.path)
    except OSError as error:
        raise NotMoved(f"{run_id} was not restored: {_why(error)}") from error
    return run


def listed(home: Path) -> list[Trashed]:
    """What is in the trash beside `home`, newest first."""
    found = [_describe(RunFolder(path)) for path in _entries(trash_of(home))]
    return sorted(found, key=lambda one: (one.created, one.id), reverse=True)


def empty(home: Path) -> Emptied:
    """Delete for good what is in the trash beside `home`. What cannot be deleted is named, not raised."""
    trash = trash_of(home)
    gone, size = 0, 0
    left: list[str] = []
    for path in _entries(trash):
        try:
            if is_alive(RunFolder(path)):
                left.append(f"{path.name} is going on: restore it, then stop it.")
                continue
            freed = _size(path)
            path.rename(trash / f"{GOING}{path.name}")
            gone, size = gone + 1, size + freed
        except OSError as error:
            left.append(f"{path.name}: {_why(error)}")
    left += _sweep(trash)
    return Emptied(gone, size, tuple(left))


def is_id(name: str) -> bool:
    """Whether it names an entry of a folder and nothing else."""
    return bool(name) and Path(name).name == name and not name.startswith(".") and "\0" not in name


def is_alive(run: RunFolder) -> bool:
    """Whether any process holds one of its locks."""
    for lock in (run.lock, run.supervisor_lock):
        try:
            if locks.holder(lock) is not None:
                return True
        except OSError as error:
            log.debug("%s was not asked: %s", lock, error)
    return False


def _refuse_unless_over(run: RunFolder) -> None:
    if not is_id(run.id) or not _is_folder(run.path):
        raise NotMoved(f"There is no run {run.id} any more.")
    try:
        state = store.state_of(run)
    except store.BROKEN as error:
        raise NotMoved(f"{run.path} is no run folder that can be read: {error}") from error
    if not isinstance(state, Ended | Lost):
        raise NotMoved(f"{run.id} is not over. Stop it, then delete it.")
    for other in _going_on(run.path.parent):
        if record(other.spec).get("parent") == run.id:
            raise NotMoved(
                f"{other.id} goes on from {run.id} and is not over. Stop it, then delete {run.id}."
            )


def _going_on(home: Path) -> Iterator[RunFolder]:
    for run in store.runs_in(home):
        try:
            if not isinstance(store.state_of(run), Ended | Lost):
                yield run
        except store.BROKEN as error:
            log.debug("%s is no run: %s", run.path, error)


def _entries(trash: Path) -> list[Path]:
    """The folders of runs in the trash; none when it is a link."""
    if not _is_folder(trash):
        return []
    return sorted(path for path in trash.iterdir() if is_id(path.name) and _is_folder(path))


def _describe(run: RunFolder) -> Trashed:
    spec = record(run.spec)
    name, created = spec.get("name"), spec.get("created")
    return Trashed(
        run.id,
        name if isinstance(name, str) else run.id,
        float(created) if isinstance(created, int | float) else 0.0,
        _size(run.path),
    )


def _size(path: Path) -> int:
    """Bytes on the disk; what a link points to does not count."""
    total = 0
    for folder, _, names in os.walk(path, onerror=lambda error: log.debug("not counted: %s", error)):
        for name in names:
            try:
                about = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - a checkpoint has many
            except OSError:
                continue
            total += about.st_size if stat.S_ISREG(about.st_mode) else 0
    return total


def _sweep(trash: Path) -> list[str]:
    """Delete what is going, also what an earlier attempt left; says what resisted."""
    left: list[str] = []
    with _opened(trash) as folder:
        if folder is None:
            return []
        names = os.listdir(folder)  # noqa: PTH208 - of the folder that is open, whatever lies at its path
        for name in sorted(entry for entry in names if entry.startswith(GOING)):
            try:
                shutil.rmtree(name, dir_fd=folder)
            except OSError as error:
                left.append(f"{name.removeprefix(GOING)} was deleted in part: {_why(error)}")
    return left


@contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR):
            raise
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _why(error: OSError) -> str:
    if error.errno == errno.EXDEV:
        return "runs and trash lie on different disks."
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}."
