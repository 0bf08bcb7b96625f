"""What all ranks do between the same two steps: they hold, or they stop.

Requests are files. Rank 0 alone looks at them, and with several ranks it names the step after this one: no
rank gets there before rank 0 has joined the step's all-reduce, and by then the number is written.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from tunesmith.core import in_place
from tunesmith.core.layout import AttemptFolder
from tunesmith.runtime.timeouts import Timeouts

LOOK_EVERY = 0.1
"""Seconds between two looks while the run is paused."""
NEARLY = 1e-6
"""An epoch is told as a sum of fractions."""


class Boundary:
    """Counts the steps of one rank. `tell` is told True when it begins to hold, False when it goes on."""

    def __init__(
        self, attempt: AttemptFolder, rank: int, world_size: int, tell: Callable[[bool], None]
    ) -> None:
        self._attempt = attempt
        self._rank = rank
        self._world_size = world_size
        self._tell = tell
        self._calls = 0
        self._stop_at: int | None = None
        self._last_epoch: int | None = None
        self._pause: dict[str, Any] | None = None

    def reached(self, epoch: float | None = None) -> bool:
        """To be called between any two steps: returns when the run is not paused, True when it stops here.

        `epoch` is how many are done, where that is known.
        """
        self._calls += 1
        if epoch is not None and self._rank == 0:
            self._name_last_epoch(epoch)
        pause = self._agree_to_pause() if self._rank == 0 else in_place.read(self._attempt.pause_step)
        if pause and pause["call"] == self._calls:
            self._hold(pause["id"])
        if self._stop_at is None:
            self._stop_at = self._agree_to_stop() if self._rank == 0 else self._agreed_to_stop()
        return self._stop_at is not None and self._calls >= self._stop_at

    def epoch_ended(self, epoch: float) -> bool:
        """True when the run stops after this epoch. A request in the very last step counts for the next one,
        unless there is one rank."""
        if self._rank != 0:
            record = in_place.read(self._attempt.stop_epoch)
            self._last_epoch = int(record["epoch"]) if record else None
        elif self._world_size == 1:
            self._name_last_epoch(epoch)
        return self._last_epoch is not None and epoch > self._last_epoch - NEARLY

    def _next(self) -> int:
        return self._calls if self._world_size == 1 else self._calls + 1

    def _agree_to_stop(self) -> int | None:
        if not in_place.is_written(self._attempt.stop_request):
            return None
        step = self._next()
        in_place.write(self._attempt.stop_step, {"call": step})
        return step

    def _agreed_to_stop(self) -> int | None:
        record = in_place.read(self._attempt.stop_step)
        return int(record["call"]) if record else None

    def _name_last_epoch(self, epoch: float) -> None:
        if self._last_epoch is not None or not in_place.is_written(self._attempt.epoch_request):
            return
        running = math.ceil(epoch - NEARLY)
        others_may_be_through = self._world_size > 1 and epoch > running - NEARLY
        self._last_epoch = running + 1 if others_may_be_through else running
        in_place.write(self._attempt.stop_epoch, {"epoch": self._last_epoch})

    def _agree_to_pause(self) -> dict[str, Any] | None:
        request = in_place.read(self._attempt.pause_request)
        if request is None:
            return None
        asked = request.get("id")
        if asked is not None and (self._pause is None or self._pause["id"] != asked):
            self._pause = {"call": self._next(), "id": asked}
            in_place.write(self._attempt.pause_step, self._pause)
        return self._pause

    def _hold(self, asked: str) -> None:
        """Until nobody wants this pause any more. The other ranks come here too; none waits in a collective
        for long, but those that are late may."""
        if not self._is_wanted(asked):
            return
        timeouts = Timeouts()
        self._tell(True)
        try:
            while self._is_wanted(asked):
                timeouts.hold_off()
                time.sleep(LOOK_EVERY)
        finally:
            timeouts.restore()
            self._tell(False)

    def _is_wanted(self, asked: str) -> bool:
        if any(in_place.is_written(path) for path in self._attempt.asked_to_end):
            return False
        return (in_place.read(self._attempt.pause_request) or {}).get("id") == asked
