"""What Slurm tells the supervisor of a job by signals."""

from __future__ import annotations

import signal
import time

from tunesmith.core import in_place
from tunesmith.core.layout import AttemptFolder
from tunesmith.supervise.say import say


class Notice:
    """USR1 comes some time before Slurm takes the machines back, TERM when it ends the job.

    Either one asks the run to save at its next step and stop: `came`. After USR1 it goes on later:
    `preempted`.
    """

    def __init__(self) -> None:
        self.came = False
        self.preempted = False
        self._attempt: AttemptFolder | None = None
        signal.signal(signal.SIGUSR1, self._hear)
        signal.signal(signal.SIGTERM, self._hear)

    def concerns(self, attempt: AttemptFolder) -> None:
        """From now on it is this attempt that is asked; at once, if a signal came before."""
        self._attempt = attempt
        if self.came:
            self._ask(attempt)

    def _hear(self, number: int, frame: object) -> None:
        say(f"Slurm sent {signal.Signals(number).name}")
        before, self.came = self.came, True
        attempt = self._attempt
        asked = before or (attempt is not None and any(map(in_place.is_written, attempt.asked_to_end)))
        if number == signal.SIGUSR1 and not asked:
            self.preempted = True
        if attempt is not None and not asked:
            self._ask(attempt)

    def _ask(self, attempt: AttemptFolder) -> None:
        try:
            in_place.write(attempt.stop_request, {"time": time.time(), "by": "Slurm"})
        except OSError as error:
            say(f"the stop cannot be written: {error}")
