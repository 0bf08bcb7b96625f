"""A parked start: the launch of a run, done ahead of it. Linux only.

Its folder is a run folder that nobody sees yet, with locks and logs in use. It is claimed by a rename, filled
in like any other run, and renamed into sight: that is the go. The processes hold the folder open, so they
know it wherever it goes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import HOME, RUNS, RunFolder
from tunesmith.core.spec import Launch
from tunesmith.core.user_data import user_data

PARKED = "parked"
MOST = 4
"""Parked starts of one user on one machine."""
HIDDEN = "."
_DELETED = " (deleted)"


def parked_home(folder: Path) -> Path:
    """Where the parked starts of the recipes in `folder` are."""
    return folder / HOME / PARKED


def slots(environment: Mapping[str, str]) -> list[Path]:
    """The supervisor of a parked start holds an exclusive lock on one of these files of the user's."""
    home = user_data(environment) / PARKED / (platform.node() or "here")
    return [home / f"slot-{number}" for number in range(MOST)]


@dataclass(frozen=True)
class ParkedStart:
    """Written before the launch, never changed. `id` is in the environment of its processes, as a run's is.

    `key` digests all that the launch was computed from. `imports` are statements that the ranks execute
    ahead; `memory_limit` is in bytes, for all its processes together. `owner` is the process that wants it.
    """

    id: str
    recipe: str
    key: str
    created: float
    launch: Launch
    imports: tuple[str, ...]
    ranks: int
    owner: int
    memory_limit: int | None = None


@dataclass(frozen=True)
class ParkedFolder:
    """`.tunesmith/parked/<id>/`, later `.tunesmith/runs/<id>/`: what it holds beside the files of a run."""

    path: Path

    @property
    def run(self) -> RunFolder:
        """The same folder as the run that it is to become."""
        return RunFolder(self.path)

    @property
    def start(self) -> Path:
        """`ParkedStart`."""
        return self.path / PARKED / "start.json"

    @property
    def lease(self) -> Path:
        """Whoever wants the parked start holds an exclusive lock on it."""
        return self.path / PARKED / "lease"

    def ready(self, rank: int) -> Path:
        """Written by the rank when it waits for the go: its process id."""
        return self.path / PARKED / f"rank-{rank}.json"

    @property
    def use(self) -> Path:
        """Written by the supervisor: the bytes that all the processes take."""
        return self.path / PARKED / "use.json"


def held_open(folder: Path) -> Path:
    """A path to `folder` that this process can use until it ends, wherever the folder is renamed to."""
    return Path(f"/proc/self/fd/{os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)}")


def let_go(held: Path) -> None:
    os.close(int(held.name))


def is_run(held: Path) -> bool:
    """Whether the folder has become a run that everybody sees."""
    place = held.readlink()
    return place.parent.name == RUNS and not place.name.startswith(HIDDEN)


def is_deleted(held: Path) -> bool:
    return held.readlink().name.endswith(_DELETED)


def write_start(folder: ParkedFolder, start: ParkedStart) -> None:
    write_json(folder.start, asdict(start))


def read_start(folder: ParkedFolder) -> ParkedStart | None:
    """None for what is no parked start, and for what cannot be understood."""
    record = read_json(folder.start)
    try:
        return None if record is None else _start_of(record)
    except (KeyError, TypeError):
        return None


def marks(run: RunFolder) -> tuple[str, ...]:
    """What the processes of the run may carry as its id in their environment."""
    start = read_start(ParkedFolder(run.path))
    return (run.id,) if start is None else (run.id, start.id)


def _start_of(record: Mapping[str, Any]) -> ParkedStart:
    launch = record["launch"]
    return ParkedStart(
        record["id"],
        record["recipe"],
        record["key"],
        float(record["created"]),
        Launch(tuple(launch["argv"]), launch["env"], launch["cwd"]),
        tuple(record["imports"]),
        int(record["ranks"]),
        int(record["owner"]),
        record.get("memory_limit"),
    )
