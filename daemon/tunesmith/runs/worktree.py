"""The code of a run in a folder of its own: a git worktree at its commit with its uncommitted patch.

It lies in a per-user folder outside of every repository, so that it disturbs neither the working tree nor
anything that searches it. Hooks are off. A note beside it says whose it is, and is written last: a worktree
without one was never finished and is made anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.user_data import user_data
from tunesmith.runs.git import git, line, reason, top_of
from tunesmith.runs.kept import content, record
from tunesmith.runs.source import uncommitted_changes

log = logging.getLogger(__name__)

COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
CHECKOUT_TIMEOUT = 600.0
LOOK_EVERY = 0.05
"""Seconds between two looks whether another window has done with the same worktree."""
LARGEST_PATCH = 1024**3

# Record locks are of processes, not of threads.
_one_at_a_time = threading.Lock()


class NoCode(Exception):
    """The code of a run cannot be had, or a worktree not be removed; the message says why."""


@dataclass(frozen=True)
class Worktree:
    """`folder` is the worktree, `recipe_folder` the place in it that the recipe's folder has. `patch` is a
    hash of what was uncommitted right after it was made."""

    run: str
    name: str
    repository: str
    commit: str
    folder: str
    recipe_folder: str
    made: float
    patch: str


def worktrees_home() -> Path:
    return user_data(os.environ) / "worktrees"


def code_of(run: RunFolder, home: Path | None = None) -> Worktree:
    """The worktree of a run, made when there is none yet. Raises NoCode."""
    top, commit, folder = _wanted(run)
    place = _place(home or worktrees_home(), top, run.id)
    if known := _made(place, commit):
        return known
    try:
        git(top, "cat-file", "-e", f"{commit}^{{commit}}")
    except FileNotFoundError as error:
        raise NoCode("There is no git on this machine.") from error
    except subprocess.SubprocessError as error:
        raise NoCode(
            f"Commit {commit[:12]} of {run.id} is not in {top} any more: history was rewritten, or the run "
            "came from another clone. Fetch the commit, then try again."
        ) from error
    with _alone(place):
        if known := _made(place, commit):
            return known
        _make(run, top, commit, place)
        made = Worktree(
            run.id,
            str(record(run.spec).get("name") or run.id),
            str(top),
            commit,
            str(place),
            str(_inside(place, folder)),
            time.time(),
            _digest(place),
        )
        write_json(_note_of(place), asdict(made))
    return made


def _made(place: Path, commit: str) -> Worktree | None:
    """The one that is there, of this commit."""
    known = _known(_note_of(place))
    return known if known is not None and known.commit == commit and place.is_dir() else None


def listed(home: Path | None = None) -> list[Worktree]:
    """The worktrees that were made, newest first."""
    notes = (home or worktrees_home()).glob("*/*.json")
    found = [known for path in notes if (known := _known(path)) and _note_of(Path(known.folder)) == path]
    return sorted(found, key=lambda one: one.made, reverse=True)


def is_changed(worktree: Worktree) -> bool:
    """Whether anything was edited or committed in it since it was made; unknown counts as changed."""
    place = Path(worktree.folder)
    if not place.is_dir():
        return False
    try:
        return line(place, "rev-parse", "HEAD") != worktree.commit or _digest(place) != worktree.patch
    except (OSError, subprocess.SubprocessError):
        return True


def remove(worktree: Worktree, home: Path | None = None) -> None:
    """Remove it, with whatever was changed in it. Raises NoCode."""
    place = Path(worktree.folder)
    if place.parent.parent != (home or worktrees_home()) or place.is_symlink():
        raise NoCode(f"{place} is no worktree of a run.")
    with _alone(place):
        try:
            _take_away(Path(worktree.repository), place)
        except OSError as error:
            raise NoCode(f"{place} was not removed: {error.strerror or error}.") from error
        _note_of(place).unlink(missing_ok=True)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """While nobody else makes or removes this worktree: another window would take what is half made away."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = place.with_name(f".{place.name}.lock")
    with _one_at_a_time:
        deadline = time.monotonic() + CHECKOUT_TIMEOUT
        while (descriptor := locks.take_exclusive(lock)) is None:
            if time.monotonic() > deadline:
                raise NoCode(f"Another window has been making {place} for {CHECKOUT_TIMEOUT / 60:.0f} min.")
            time.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            os.close(descriptor)


def _wanted(run: RunFolder) -> tuple[Path, str, str]:
    """Repository, commit and the recipe's folder in it. The repository is the one around the run, whatever
    its files name."""
    source = record(run.source)
    commit, folder = source.get("commit"), source.get("folder")
    if not source:
        raise NoCode(f"{run.id} kept no commit: its recipe was in no git repository, or the run is older.")
    if not isinstance(commit, str) or not COMMIT.fullmatch(commit):
        raise NoCode(f"{run.id} was started before the first commit of its repository.")
    top = top_of(run.path.parent.parent.parent)
    if top is None:
        raise NoCode(f"{run.path.parent.parent.parent} is in no git repository any more, or git is missing.")
    return top, commit, folder if isinstance(folder, str) else "."


def _place(home: Path, top: Path, run_id: str) -> Path:
    return home / f"{top.name}-{hashlib.sha256(os.fsencode(top)).hexdigest()[:8]}" / run_id


def _note_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")


def _known(note: Path) -> Worktree | None:
    kept = record(note)
    try:
        return Worktree(**kept) if kept else None
    except TypeError as error:
        log.warning("%s is not understood: %s", note, error)
        return None


def _make(run: RunFolder, top: Path, commit: str, place: Path) -> None:
    if place.exists() or place.is_symlink():
        _take_away(top, place)
    try:
        git(top, "worktree", "prune")
        git(
            top,
            "worktree",
            "add",
            "--quiet",
            "--force",
            "--detach",
            str(place),
            commit,
            timeout=CHECKOUT_TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError) as error:
        _take_away(top, place)
        raise NoCode(f"git could not check out {commit[:12]} of {top}: {reason(error)}") from error
    patch = content(run.patch, LARGEST_PATCH)
    if not patch:
        return
    try:
        git(place, "apply", "--whitespace=nowarn", "-", given=patch, timeout=CHECKOUT_TIMEOUT)
    except (OSError, subprocess.SubprocessError) as error:
        _take_away(top, place)
        raise NoCode(
            f"The uncommitted changes of {run.id} do not apply to {commit[:12]}: {reason(error)}"
        ) from error


def _take_away(top: Path, place: Path) -> None:
    """Through git where it knows the worktree, else by hand; links are removed, never followed."""
    if place.is_symlink():
        place.unlink()
    try:
        git(top, "worktree", "remove", "--force", "--force", str(place))
    except (OSError, subprocess.SubprocessError) as error:
        log.info("git did not remove %s: %s", place, reason(error))
    if place.exists():
        shutil.rmtree(place)
    if top.is_dir():
        try:
            git(top, "worktree", "prune")
        except (OSError, subprocess.SubprocessError) as error:
            log.info("worktrees of %s were not pruned: %s", top, reason(error))


def _inside(place: Path, folder: str) -> Path:
    """The recipe's folder in the worktree; the worktree itself when there is none of that name."""
    inner = place / folder
    good = inner.is_dir() and inner.resolve().is_relative_to(place.resolve())
    return inner if good else place


def _digest(place: Path) -> str:
    return hashlib.sha256(uncommitted_changes(place) or b"").hexdigest()
