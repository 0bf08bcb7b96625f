"""What a client names must lie in the open folders: a recipe by its path, a run by its id."""

from __future__ import annotations

from pathlib import Path

from tunesmith.core.layout import HOME, RUNS, RunFolder
from tunesmith.runs import store
from tunesmith.server.session import Session


def inside(path: Path, session: Session) -> bool:
    """Whether `path` is in or below an open folder, whatever links lead there."""
    real = path.resolve()
    return any(real.is_relative_to(folder.resolve()) for folder in session.folders)


def find_run(session: Session, run_id: str) -> RunFolder | None:
    """The run with this id in or below the workspace folders. The id is a name, never a path."""
    if not run_id or Path(run_id).name != run_id or run_id.startswith("."):
        return None
    known = session.runs.get(run_id)
    homes = [Path(known.folder).parent] if known else store.homes(session.folders)
    for home in homes:
        folder = home / run_id
        if _is_home(home) and folder.is_dir() and not folder.is_symlink():
            return RunFolder(folder)
    return None


def _is_home(folder: Path) -> bool:
    return folder.name == RUNS and folder.parent.name == HOME
