"""What a rank on a cluster does when its job is ended from outside: it saves first."""

from __future__ import annotations

import signal
import time

from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder


def save_first(attempt: AttemptFolder) -> None:
    """Answer a SIGTERM as a stop request: the ranks save at their next step and end.

    The scheduler sends it to every process of a job, and waits (30 s by default) before it kills.
    """

    def answer(number: int, frame: object) -> None:
        if not attempt.stop_request.exists():
            write_json(attempt.stop_request, {"time": time.time(), "by": "Slurm"})

    signal.signal(signal.SIGTERM, answer)
