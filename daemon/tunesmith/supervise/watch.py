"""Waiting for the end of an attempt: what is looked at, how often, and what is not waited for any longer."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field

from tunesmith.core import in_place, locks
from tunesmith.core.files import last_objects
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise import memory, process_table, processes
from tunesmith.supervise.grace import Grace
from tunesmith.supervise.hanging import Hanging
from tunesmith.supervise.machines import Others
from tunesmith.supervise.rank_records import pids_here
from tunesmith.supervise.signs import Signs

POLL = 0.25
"""Seconds between two looks: how late a request or an end is seen at most, and all the work there is."""
TERMINATION = 10.0
"""Seconds between SIGTERM and SIGKILL."""
PARTLY_DEAD = 30.0
"""Seconds that ranks may go on after another one vanished; the launcher ends them sooner when it lives."""
LINGERING = 60.0
"""Seconds that anything may live on after rank 0 has said that it is done."""
LEFT_ALONE = 300.0
"""Seconds in which ranks must give a sign of life when another one is done before rank 0."""
STRANDED = 30.0
"""Seconds in which several ranks that have made no step must give a sign of life when the launcher is gone:
it knew where they were to meet."""


@dataclass
class Watched:
    """What was seen. `codes` are the exit codes of children by process id, before anything was swept.

    `gone` is when a rank was first missed, on this machine's monotonic clock, by rank. `overdue` is how many
    seconds the ranks gave no sign of life after a stop request, if they were ended for that. `hung` says
    that no step was made any more, and that this is why the attempt was ended; `apart` what was wrong with
    the connection to other machines.
    """

    code: int | None = None
    codes: dict[int, int] = field(default_factory=dict[int, int])
    gone: dict[int, float] = field(default_factory=dict[int, float])
    overdue: float | None = None
    witnessed: bool = False
    out_of_memory: bool = False
    hung: str | None = None
    apart: str | None = None


def watch(run: RunFolder, attempt: AttemptFolder, launcher: int | None, others: Others) -> Watched:
    """Wait until the attempt has ended or must be ended. `launcher`: its process id, if a child.

    A launcher that was killed does not end the attempt: its ranks are orphans, and they go on training.
    """
    seen = Watched()
    killed = memory.kills()
    _watch(run, attempt, launcher, seen, others)
    seen.out_of_memory = memory.kills() > killed
    return seen


def _watch(
    run: RunFolder, attempt: AttemptFolder, launcher: int | None, seen: Watched, others: Others
) -> None:
    grace = Grace(run, attempt)
    company = _Company(run, attempt, seen, others)
    while True:
        company.look()
        seen.codes.update(processes.reap())
        if launcher is not None:
            seen.code = seen.codes.get(launcher)
        if seen.code is not None and seen.code >= 0:
            return
        if locks.holder(run.lock) is None:
            return
        seen.witnessed = True
        if in_place.is_written(attempt.kill_request) or company.useless():
            return
        seen.overdue = grace.over()
        seen.hung = company.hung
        if seen.overdue is not None or seen.hung:
            _terminate(run, seen)
            return
        time.sleep(POLL)


def _terminate(run: RunFolder, seen: Watched) -> None:
    processes.send(processes.belonging(run), signal.SIGTERM)
    deadline = time.monotonic() + TERMINATION
    # Ranks of other machines hold the lock, too, until they hear of the end.
    while time.monotonic() < deadline and processes.belonging(run):
        time.sleep(POLL)
        seen.codes.update(processes.reap())


class _Company:
    """Whether what lives has something left to live for.

    A rank that is gone leaves the others waiting for it; after rank 0 has ended nothing more can come; one
    that was done before rank 0 may leave it waiting for a step that nobody takes with it; and ranks whose
    launcher ended while they loaded do not find each other.
    """

    def __init__(self, run: RunFolder, attempt: AttemptFolder, seen: Watched, others: Others) -> None:
        self._run = run
        self._attempt = attempt
        self._seen = seen
        self._pids: dict[int, int] = {}
        self._partly_dead = _Clock(PARTLY_DEAD)
        self._lingering = _Clock(LINGERING)
        self._alone = _Clock(LEFT_ALONE)
        self._stranded = _Clock(STRANDED)
        self._signs = Signs(run, attempt)
        self._next_look = 0.0
        self._others = others
        self._hanging = Hanging(run, attempt, others)
        self.hung: str | None = None

    def look(self) -> None:
        """Note which ranks are missed since when."""
        for rank, pid in self._pids.items():
            if rank not in self._seen.gone and not process_table.exists(pid):
                self._seen.gone[rank] = time.monotonic()

    def useless(self) -> bool:
        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + 8 * POLL
        self._pids = pids_here(self._attempt)
        self._others.look()
        alive = {rank for rank, pid in self._pids.items() if processes.alive(pid)}
        done = {rank for rank in self._pids if self._attempt.rank_end(rank).exists()}
        if alive == self._pids.keys():
            self.hung = self._hanging.over(self._pids)
        left_alone = bool(done - alive) and 0 in alive
        stranded = len(alive) > 1 and (self._seen.code or 0) < 0 and not self._made_a_step()
        silent = (left_alone or stranded) and not self._gave_a_sign(alive)
        return (
            self._partly_dead.over(self._pids.keys() > alive | done)
            or self._lingering.over(0 in done)
            or self._alone.over(left_alone and silent)
            or self._stranded.over(stranded and silent)
        )

    def _made_a_step(self) -> bool:
        lines = last_objects(self._run.progress, 4096)
        return any(line.get("step") for line in lines if line.get("attempt") == self._attempt.number)

    def _gave_a_sign(self, alive: set[int]) -> bool:
        """Whether they said or did anything since the last time that this was asked."""
        if not process_table.has_proc():
            return True  # Without a word is not without work, and nothing else tells here.
        return self._signs.moved(alive, (self._pids[rank] for rank in alive))


class _Clock:
    """Runs while something is so; over when it has been so for `limit` seconds without a break."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._since: float | None = None

    def over(self, so: bool) -> bool:
        if not so:
            self._since = None
            return False
        self._since = self._since or time.monotonic()
        return time.monotonic() - self._since > self._limit
