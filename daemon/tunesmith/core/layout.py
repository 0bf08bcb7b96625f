"""The files of a run folder: names only, nothing is read or written here.

Each file has one writer. A visible folder is complete (it is built under a temporary name and renamed in);
its files are immutable after that or append-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.attempt_folder import AttemptFolder

FORMAT = 1
HOME = ".tunesmith"
RUNS = "runs"
TRASH = "trash"
"""Beside `runs`: deleted runs, until the trash is emptied."""


def runs_home(folder: Path) -> Path:
    """Where the runs of the recipes in `folder` live."""
    return folder / HOME / RUNS


@dataclass(frozen=True)
class RunFolder:
    """`.tunesmith/runs/<id>/`."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def recipe(self) -> Path:
        """The recipe's text as it was when the run was started."""
        return self.path / "recipe.yaml"

    @property
    def spec(self) -> Path:
        """The resolved run: `core.spec.RunSpec`."""
        return self.path / "spec.json"

    @property
    def accelerate(self) -> Path:
        """The accelerate config file of the launch: the recipe's section with what it left open filled in."""
        return self.path / "accelerate.json"

    @property
    def environment(self) -> Path:
        """An allow-list of what the machine and the packages were; no secrets."""
        return self.path / "environment.json"

    @property
    def patch(self) -> Path:
        """Uncommitted changes of the recipe's repository; absent outside a repository."""
        return self.path / "source.patch"

    @property
    def source(self) -> Path:
        """The repository, commit and branch that it was started from; absent outside a repository."""
        return self.path / "source.json"

    @property
    def data(self) -> Path:
        """A fingerprint of every file and folder that the recipe names."""
        return self.path / "data.json"

    @property
    def note(self) -> Path:
        """What its owner wrote about it: note and tags. Replaced whole, by one writer at a time."""
        return self.path / "note.json"

    @property
    def note_lock(self) -> Path:
        """Whoever changes `note` holds an exclusive lock on it meanwhile."""
        return self.path / "note.lock"

    @property
    def artifacts(self) -> Path:
        """Append-only, written by rank 0: one JSON object a checkpoint or other product."""
        return self.path / "artifacts.jsonl"

    @property
    def progress(self) -> Path:
        """Append-only, written by rank 0: one `core.run.Progress` a line."""
        return self.path / "progress.jsonl"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def lock(self) -> Path:
        """The launcher and every rank hold a shared lock on it while they live."""
        return self.path / "lock"

    @property
    def supervisor_lock(self) -> Path:
        """The supervisor holds an exclusive lock on it while it lives."""
        return self.path / "supervisor.lock"

    def machine_lock(self, machine: int) -> Path:
        """Whoever sees to the ranks of another machine than the first holds an exclusive lock on it."""
        return self.path / f"machine-{machine}.lock"

    @property
    def job(self) -> Path:
        """On a cluster: engine and id of the job, written by whoever submits it."""
        return self.path / "job.json"

    @property
    def attempts(self) -> Path:
        return self.path / "attempts"

    def attempt(self, number: int) -> AttemptFolder:
        return AttemptFolder(self.attempts / str(number))
