"""The queue of this user's runs on this machine: a folder of tickets and claims, and nobody who serves it.

Each run has a ticket, written when its user starts it, and once it has room a claim that names its slots. A
claim counts as long as anything of its run is alive, a ticket waits as long as its run's supervisor does: so
nothing has to be cleared away after anybody's end. Whoever claims slots, or changes the order, holds the lock
of the folder meanwhile.

The folder is the user's own and lies in no workspace. A run without a ticket in it was not started by this
user here, and nothing is launched for it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.attempts import last_number
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.user_data import user_data

PATIENCE = 5.0
"""Seconds to wait for the lock of the folder, which is held for a few milliseconds at a time."""

_threads = threading.Lock()
"""Record locks do not keep the threads of one process apart."""


class Busy(Exception):
    """Somebody else holds the lock of the queue all the time."""


@dataclass(frozen=True)
class Ticket:
    """`run` is its folder, `spec` the digest of its spec.json. A higher `priority` goes first, then the
    earlier `since`. `slots` is how many it asks for, None for the usual of so many `ranks`. With `now` it
    waits for none."""

    run: str
    spec: str
    since: float
    priority: int = 0
    slots: int | None = None
    ranks: int = 1
    now: bool = False

    @property
    def order(self) -> tuple[int, float, str]:
        return -self.priority, self.since, self.run


def queue_home(environment: Mapping[str, str]) -> Path:
    """By machine, because a home folder may be on several."""
    return user_data(environment) / "queue" / (platform.node() or "here")


def ticket_of(home: Path, run: RunFolder) -> Ticket | None:
    """None when this user has not started the run on this machine, or somebody wrote another spec since."""
    ticket = _read(_ticket(home, run))
    if ticket is None or ticket.run != _place(run) or ticket.spec != _digest(run):
        return None
    return ticket


def enter(home: Path, run: RunFolder, priority: int = 0, slots: int | None = None, ranks: int = 1) -> Ticket:
    """Give the run its ticket; one that it has stays. Raises OSError."""
    if known := ticket_of(home, run):
        return known
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_deleted(home)
    ticket = Ticket(_place(run), _digest(run), time.time(), priority, slots, ranks)
    write_json(_ticket(home, run), asdict(ticket))
    return ticket


def change(home: Path, ticket: Ticket) -> None:
    """Put a ticket in the place of the one that its run has. To be called under `locked`."""
    write_json(_ticket(home, RunFolder(Path(ticket.run))), asdict(ticket))


def keep(home: Path, ticket: Ticket) -> None:
    """Put the ticket of a run that waits back when it is gone: somebody took the run for deleted while its
    disk was away."""
    path = _ticket(home, RunFolder(Path(ticket.run)))
    if not path.exists():
        write_json(path, asdict(ticket))


def leave(home: Path, run: RunFolder) -> None:
    """The run has ended and needs no room any more."""
    for path in (_ticket(home, run), _claim(home, run)):
        path.unlink(missing_ok=True)


def unclaim(home: Path, run: RunFolder) -> None:
    """The run waits for room (again)."""
    _claim(home, run).unlink(missing_ok=True)


def claim(home: Path, run: RunFolder, slots: tuple[str, ...]) -> None:
    """The run has these slots from now on. To be called under `locked`."""
    write_json(_claim(home, run), {"run": _place(run), "slots": slots})


def slots_of(home: Path, run: RunFolder) -> tuple[str, ...]:
    """Those that the run has claimed."""
    return tuple(map(str, (read_json(_claim(home, run)) or {}).get("slots", ())))


def claimed(home: Path, own: RunFolder | None = None) -> set[str]:
    """The slots that are taken by runs that live. `own` is not looked at: asking about a lock that this very
    process holds would end it."""
    taken: set[str] = set()
    for path in home.glob("*.slots"):
        record = read_json(path) or {}
        run = RunFolder(Path(str(record.get("run", ""))))
        if (own is None or str(run.path) != _place(own)) and _lives(run):
            taken.update(map(str, record.get("slots", ())))
    return taken


def waiting(home: Path, own: RunFolder | None = None) -> list[Ticket]:
    """Those who wait for room, the first in the queue first: neither claimed nor started, and a supervisor
    lives. `own` counts without being looked at."""
    found = [ticket for path in home.glob("*.json") if (ticket := _read(path))]
    return sorted((each for each in found if _waits(home, each, own)), key=lambda each: each.order)


@contextmanager
def locked(home: Path, patience: float = PATIENCE) -> Generator[None, None, None]:
    """Keep everybody else from claiming and changing. Raises Busy."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + patience
    if not _threads.acquire(timeout=patience):
        raise Busy(f"the queue in {home} is locked")
    try:
        while (descriptor := locks.take_exclusive(home / "lock")) is None:
            if time.monotonic() > deadline:
                raise Busy(f"the queue in {home} is locked by process {locks.holder(home / 'lock')}")
            time.sleep(0.005)
        try:
            yield
        finally:
            os.close(descriptor)
    finally:
        _threads.release()


def count_set(home: Path) -> int | None:
    """How many slots this machine has, where its user has said so."""
    count = (read_json(home / "settings" / "slots.json") or {}).get("slots")
    return count if isinstance(count, int) and count > 0 else None


def set_count(home: Path, count: int | None) -> None:
    """None: as many as there are GPUs, or one."""
    (home / "settings").mkdir(parents=True, exist_ok=True, mode=0o700)
    write_json(home / "settings" / "slots.json", {"slots": count})


def _forget_deleted(home: Path) -> None:
    """Remove what is left of runs whose folder is gone."""
    for path in (*home.glob("*.json"), *home.glob("*.slots")):
        record = read_json(path)
        if record is not None and _is_deleted(Path(str(record.get("run", "")))):
            path.unlink(missing_ok=True)


def _is_deleted(folder: Path) -> bool:
    """A disk that does not answer just now has not deleted it."""
    try:
        folder.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _waits(home: Path, ticket: Ticket, own: RunFolder | None) -> bool:
    run = RunFolder(Path(ticket.run))
    if own is not None and ticket.run == _place(own):
        return True
    try:
        attempt = run.attempt(last_number(run))
    except OSError:
        return False  # The run was deleted.
    launched = attempt.started.exists() or attempt.exit.exists() or _claim(home, run).exists()
    return not launched and locks.holder(run.supervisor_lock) is not None


def _lives(run: RunFolder) -> bool:
    return locks.holder(run.lock) is not None or locks.holder(run.supervisor_lock) is not None


def _read(path: Path) -> Ticket | None:
    record = read_json(path)
    try:
        return None if record is None else Ticket(**record)
    except TypeError:
        return None


def _ticket(home: Path, run: RunFolder) -> Path:
    return home / f"{_name(run)}.json"


def _claim(home: Path, run: RunFolder) -> Path:
    return home / f"{_name(run)}.slots"


def _name(run: RunFolder) -> str:
    return f"{run.id}-{hashlib.sha256(os.fsencode(_place(run))).hexdigest()[:8]}"


def _place(run: RunFolder) -> str:
    """The same for everybody, whatever links they came along."""
    return os.path.realpath(run.path)


def _digest(run: RunFolder) -> str:
    try:
        return hashlib.sha256(run.spec.read_bytes()).hexdigest()
    except OSError:
        return ""
