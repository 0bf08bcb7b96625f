"""The other machines of a run, as the supervisor on the first one sees them: by their files in the run's
folder, which all machines share."""

from __future__ import annotations

import platform
import time

from tunesmith.core.files import read_json
from tunesmith.core.job import HEARTBEAT
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.meeting import Meeting
from tunesmith.core.pulse import Pulses
from tunesmith.supervise.interface import is_own

SILENT = 3 * HEARTBEAT
"""Seconds without a sign of life after which a machine is named beside a run that hangs or has failed."""
LAST_WORDS = 5.0
"""Seconds that the others have, once it has ended here, to write down how their ranks ended."""
LOOK_EVERY = 0.1


class Others:
    """Of one attempt; of a run on one machine there are none."""

    def __init__(self, attempt: AttemptFolder, meeting: Meeting | None) -> None:
        self._attempt = attempt
        self._meeting = meeting
        self._pulses = Pulses()
        self._numbers = range(1, meeting.machines if meeting else 1)

    def look(self) -> None:
        """To be called every now and then: how old a sign is follows from when it last changed."""
        for number in self._numbers:
            self._pulses.age(self._attempt.machine_sign(number))

    def trouble(self) -> str | None:
        """What is wrong with their connection, in sentences; None when nothing is known to be."""
        told = [said for number in self._numbers if (said := self._trouble_of(number))]
        return " ".join([*self._misplaced(), *told]) or None

    def wait_for_last_words(self) -> None:
        """How a rank ended is known on its own machine first. One that is cut off is not waited for long."""
        until = time.monotonic() + LAST_WORDS
        while time.monotonic() < until and not all(self._has_ended(number) for number in self._numbers):
            time.sleep(LOOK_EVERY)

    def _misplaced(self) -> list[str]:
        """Of a run that was started or resumed on another machine than the first."""
        if self._meeting is None or is_own(self._meeting.address):
            return []
        address = self._meeting.address
        return [
            f"{address} is no address of this machine ({platform.node()}): start it on the one that has it."
        ]

    def _has_ended(self, number: int) -> bool:
        joined = self._attempt.machine_sign(number).exists()
        return not joined or self._attempt.machine_end(number).exists()

    def _trouble_of(self, number: int) -> str | None:
        sign = self._attempt.machine_sign(number)
        record, age = read_json(sign), self._pulses.age(sign)
        end = read_json(self._attempt.machine_end(number))
        if end is not None:
            return f"Machine {number}: {end['why']}" if end.get("why") else None
        if record is None or age is None:
            return f"Machine {number} has not joined."
        name = f"Machine {number} ({record.get('host')})"
        if age > SILENT:
            return f"{name} has given no sign of life for {age:.0f} s."
        if record.get("reaches") is False:
            return f"{name} is cut off: it does not reach {self._meeting}."
        return None
