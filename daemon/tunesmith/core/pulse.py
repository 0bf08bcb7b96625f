"""How long ago a sign of life came over a shared folder, by the clock of whoever asks.

Clocks of two machines differ, and one may be set at any time: what counts is whether the sign has changed
since this process last looked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tunesmith.core.files import read_json
from tunesmith.core.job import STALE

SKEW = 300.0
"""Seconds that clocks of machines that work together may differ: Slurm's own authentication refuses more."""
MOST = 1000
"""Files that are remembered."""


class Pulses:
    """Remembers when each file was last seen to change."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._seen: dict[Path, tuple[str, float]] = {}

    def age(self, file: Path) -> float | None:
        """Seconds since the sign in `file` came, at least; None when there never was one.

        One that was never looked at before counts as fresh, unless no difference of clocks explains its time.
        """
        record = read_json(file)
        if record is None:
            return None
        sign, now = repr(record), self._clock()
        before = self._seen.pop(file, None)
        if before is None:
            since = now - self._at_first(float(record.get("time") or 0.0))
        else:
            since = before[1] if before[0] == sign else now
        self._seen[file] = sign, since
        while len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return now - since

    def _at_first(self, written: float) -> float:
        apart = self._wall() - written
        return apart if apart > STALE + SKEW else 0.0
