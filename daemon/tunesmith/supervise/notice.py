"""What Slurm tells the supervisor of a job by signals, and the sign of life that it is told by."""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
from itertools import count
from types import TracebackType

from tunesmith.core.files import write_json, write_passing
from tunesmith.core.job import HEARTBEAT
from tunesmith.core.layout import AttemptFolder
from tunesmith.supervise.say import say


class Notice:
    """USR1 comes some time before Slurm takes the machines back, TERM when it ends the job.

    Either one asks the run to save at its next step and stop. After USR1 it goes on later: `preempted`.
    """

    def __init__(self) -> None:
        self.preempted = False
        self._attempt: AttemptFolder | None = None
        signal.signal(signal.SIGUSR1, self._hear)
        signal.signal(signal.SIGTERM, self._hear)

    def concerns(self, attempt: AttemptFolder) -> None:
        """From now on it is this attempt that is asked; at once, if the signal came before."""
        self._attempt = attempt
        if self.preempted:
            self._ask(attempt)

    def _hear(self, number: int, frame: object) -> None:
        say(f"Slurm sent {signal.Signals(number).name}")
        attempt = self._attempt
        asked = attempt is not None and (attempt.stop_request.exists() or attempt.kill_request.exists())
        if number == signal.SIGUSR1 and not asked:
            self.preempted = True
        if attempt is not None and not asked:
            self._ask(attempt)

    def _ask(self, attempt: AttemptFolder) -> None:
        try:
            write_json(attempt.stop_request, {"time": time.time(), "by": "Slurm"})
        except OSError as error:
            say(f"the stop cannot be written: {error}")


class Heartbeat:
    """`with Heartbeat(attempt):` writes a sign of life every few seconds, at once for a start."""

    def __init__(self, attempt: AttemptFolder) -> None:
        self._attempt = attempt
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(1.0)

    def _beat(self) -> None:
        about = {"host": platform.node(), "job": os.environ.get("SLURM_JOB_ID")}
        for beat in count():
            try:
                # A clock that stands still must not look like an end.
                write_passing(self._attempt.heartbeat, {"time": time.time(), "beat": beat, **about})
            except OSError as error:
                say(f"no sign of life can be written: {error}")
            if self._over.wait(HEARTBEAT):
                return
