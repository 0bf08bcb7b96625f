"""The end of a run whose time is over: the supervisor asks for a stop, as anybody else would."""

from __future__ import annotations

import threading
import time

from tunesmith.core import duration, in_place, whereabouts
from tunesmith.core.attempts import last_number
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise.say import say

BY = "time limit"


class TimeLimit:
    """Watches the clock while an attempt runs. The clock is one that nobody sets."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder, limit: float | None) -> None:
        self._attempt = attempt
        self._limit = limit
        self._left = 0.0 if limit is None else limit - spent(run)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="time limit", daemon=True)

    def __enter__(self) -> None:
        if self._limit is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _wait(self) -> None:
        if not self._over.wait(max(0.0, min(self._left, threading.TIMEOUT_MAX))):
            self._ask()

    def _ask(self) -> None:
        if in_place.is_written(self._attempt.stop_request) or self._limit is None:
            return
        why = f"The time limit of {duration.words(self._limit)} was reached."
        say(why)
        while not self._over.is_set():
            try:
                in_place.write(self._attempt.stop_request, {"time": time.time(), "by": BY, "why": why})
            except OSError as error:
                say(f"the stop cannot be written: {error}")
                self._over.wait(5.0)
            else:
                return


def spent(run: RunFolder) -> float:
    """Seconds that the attempts so far have run: what was waited before and between them does not count."""
    return sum(_lasted(run.attempt(number)) for number in range(1, last_number(run) + 1))


def lasted(attempt: AttemptFolder) -> float | None:
    """Seconds since the attempt was started, by a clock that nobody sets; None when no such clock knows."""
    started = read_json(attempt.started) or {}
    begun, boot = started.get("monotonic"), whereabouts.here().get("boot")
    if begun is None or boot is None or boot != started.get("boot"):
        return None
    return max(0.0, time.monotonic() - float(begun))


def _lasted(attempt: AttemptFolder) -> float:
    """One that has not ended lasts until now. Where nothing better is known two clocks of the wall tell."""
    started, end = read_json(attempt.started), read_json(attempt.exit)
    if started is None:
        return 0.0
    seconds = lasted(attempt) if end is None else end.get("seconds")
    if seconds is not None:
        return float(seconds)
    return max(0.0, float((end or {"time": time.time()})["time"]) - float(started["time"]))
