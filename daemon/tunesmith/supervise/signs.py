"""Whether ranks do anything: they say something, log something, or use a processor of this machine."""

from __future__ import annotations

from collections.abc import Iterable

from tunesmith.core.files import size_of
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise import process_table

IDLE = 2.0
"""Seconds of processor time that count as a sign of life: a rank that waits for another one uses less."""


class Signs:
    """Remembers what was seen the last time. Where the system does not show processes only words count."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder) -> None:
        self._run = run
        self._attempt = attempt
        self._last: tuple[int, ...] = ()

    def moved(self, ranks: Iterable[int], pids: Iterable[int]) -> bool:
        """Whether these ranks did anything since the last time. `pids` are those of this machine."""
        files = (self._run.progress, *(self._attempt.rank_log(rank) for rank in sorted(ranks)))
        used = sum(found.seconds for pid in pids if (found := process_table.read(pid)))
        sign = (int(used / IDLE), *(size_of(file) for file in files))
        before, self._last = self._last, sign
        return sign != before
