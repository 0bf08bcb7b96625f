"""Waiting for room: each run's own supervisor looks once a second whether it is its turn, and nobody serves
the queue.

Whoever is ahead keeps as many free slots as it needs, so that a run that takes several is not overtaken for
ever. Looking takes no lock; claiming is done under the lock of the queue, after another look.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core import queue
from tunesmith.core.layout import RunFolder
from tunesmith.core.queue import Ticket
from tunesmith.supervise import nvml
from tunesmith.supervise.say import say

LOOK_EVERY = 1.0
"""Seconds. Requests are looked for as often."""
DEVICES = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class Slots:
    """What there is room for on this machine. `gpus`: a slot is the GPU of that name."""

    names: tuple[str, ...]
    gpus: bool = False

    def needed(self, ticket: Ticket) -> int:
        """How many a run takes; one that asks for more than there are takes all."""
        usual = ticket.ranks if self.gpus else 1
        return max(1, min(ticket.slots or usual, len(self.names)))

    def environment(self, taken: tuple[str, ...]) -> dict[str, str]:
        """What keeps a run on its own GPUs."""
        if not self.gpus:
            return {}
        order = {} if "CUDA_DEVICE_ORDER" in os.environ else {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
        return {**order, DEVICES: ",".join(taken)}


class Room:
    """The room for one run of this user. The supervisor of the run holds its lock."""

    def __init__(self, home: Path, run: RunFolder) -> None:
        self._home = home
        self._run = run
        self._gpus: tuple[str, ...] | None = None

    def wait(self, ended: Callable[[], bool]) -> dict[str, str] | None:
        """Wait for this run's turn and claim its slots: what to add to its environment. None when `ended`
        says that it is not wanted any more."""
        ticket = queue.ticket_of(self._home, self._run)
        if ticket is None:
            say("has no place in the queue, so it starts at once")
            return {}
        queue.unclaim(self._home, self._run)
        say("waits in the queue")
        while not ended():
            ticket = self._kept(ticket)
            if self._turn() is not None and (mine := self._claim()) is not None:
                say(f"got slot {', '.join(mine)}")
                return self._slots().environment(mine)
            time.sleep(LOOK_EVERY)
        return None

    def kept(self) -> dict[str, str] | None:
        """What to add to the environment of a run that starts again, if its slots are still its own: another
        may have claimed them while no supervisor lived."""
        try:
            with queue.locked(self._home):
                mine = queue.slots_of(self._home, self._run)
                lost = set(mine) & queue.claimed(self._home, self._run)
        except (queue.Busy, OSError) as error:
            say(f"the slots cannot be looked at: {error}")
            return None
        return self._slots().environment(mine) if mine and not lost else None

    def take(self) -> None:
        """Claim without waiting, for a run that starts at once: the first slots, which are the GPUs that the
        launcher takes by itself. Others that wait see it."""
        try:
            slots = self._slots()
            ticket = queue.ticket_of(self._home, self._run)
            with queue.locked(self._home):
                queue.claim(self._home, self._run, slots.names[: slots.needed(ticket) if ticket else 1])
        except (queue.Busy, OSError) as error:
            say(f"starts without a slot of the queue: {error}")

    def _kept(self, known: Ticket) -> Ticket:
        """The ticket as it is now; others may have changed its order."""
        try:
            if (now := queue.ticket_of(self._home, self._run)) is not None:
                return now
            queue.keep(self._home, known)
        except OSError as error:
            say(f"the queue cannot be looked at: {error}")
        return known

    def _turn(self) -> tuple[str, ...] | None:
        """The slots to claim if it is this run's turn."""
        ticket = queue.ticket_of(self._home, self._run)
        if ticket is None:
            return None
        slots = self._slots()
        taken = queue.claimed(self._home, self._run)
        return turn(ticket, queue.waiting(self._home, self._run), slots, taken)

    def _claim(self) -> tuple[str, ...] | None:
        try:
            with queue.locked(self._home):
                mine = self._turn()
                if mine is not None:
                    queue.claim(self._home, self._run, mine)
                return mine
        except (queue.Busy, OSError) as error:
            say(f"no slot can be claimed: {error}")
            return None

    def _slots(self) -> Slots:
        """A count that the user has set goes before the GPUs, and may change while a run waits."""
        count = queue.count_set(self._home)
        if count is None and self._gpus is None:
            self._gpus = gpus(os.environ)
        if count is None and self._gpus:
            return Slots(self._gpus, gpus=True)
        return Slots(tuple(str(number) for number in range(count or 1)))


def turn(mine: Ticket, waiting: list[Ticket], slots: Slots, taken: set[str]) -> tuple[str, ...] | None:
    """The slots that a run may claim now; None when it is not its turn. Pure."""
    free = [name for name in slots.names if name not in taken]
    need = slots.needed(mine)
    if mine.now:
        others = [name for name in slots.names if name in taken]
        return tuple((free + others)[:need])
    ahead = [other for other in waiting if other.run != mine.run and _is_ahead(other, mine)]
    kept = sum(slots.needed(other) for other in ahead)
    return tuple(free[kept : kept + need]) if len(free) >= kept + need else None


def gpus(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the GPUs that the run could use; none where there is no driver, or none is to be seen."""
    if DEVICES in environment:
        return tuple(
            name.strip() for name in environment[DEVICES].split(",") if name.strip() not in ("", "-1")
        )
    connection = nvml.connect()
    return tuple(str(number) for number in range(connection.count)) if connection else ()


def _is_ahead(other: Ticket, mine: Ticket) -> bool:
    return other.now or other.order < mine.order
