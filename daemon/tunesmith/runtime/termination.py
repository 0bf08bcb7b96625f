"""What a rank on a cluster does when its job is ended from outside: it saves first."""

from __future__ import annotations

import os
import signal
import time

from tunesmith.core import in_place
from tunesmith.core.layout import AttemptFolder

PATIENCE = 3.0
"""Seconds in which the supervisor, which gets the same signal, has made a stop request of it."""
LOOK_EVERY = 0.05


def save_first(attempt: AttemptFolder) -> None:
    """Outlive a SIGTERM that comes with a stop request: the ranks save at their next step and end.

    The scheduler sends it to every process of a job, and waits (30 s by default) before it kills. One that
    comes alone is the launcher's, because another rank has failed: it ends this one.
    """

    def answer(number: int, frame: object) -> None:
        deadline = time.monotonic() + PATIENCE
        while not in_place.is_written(attempt.stop_request):
            if time.monotonic() > deadline:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            time.sleep(LOOK_EVERY)

    signal.signal(signal.SIGTERM, answer)
