"""How fast a run steps, as a scalar of its own: there is a curve also of a program that writes none."""

from __future__ import annotations

from pathlib import Path

from tunesmith.core.event_writer import EventWriter
from tunesmith.core.run import Phase

TAG = "steps_per_second"
SECONDS = 1.0
"""Between two points, unless a step takes longer."""


class StepRate:
    """Writes into an event file in `folder`. What is no training, like an evaluation, does not count."""

    def __init__(self, folder: Path) -> None:
        self._writer = EventWriter(folder)
        self._since: tuple[int, float] | None = None

    def saw(self, phase: Phase, step: int, now: float) -> None:
        """`step` steps are done at the time `now`. Cheap between two points."""
        if phase is not Phase.TRAINING or step == 0:
            self._since = None
            return
        if self._since is None or step < self._since[0] or now < self._since[1]:
            self._since = step, now
            return
        first, since = self._since
        if now - since >= SECONDS and step > first:
            self._writer.add({TAG: (step - first) / (now - since)}, step, now)
            self._since = step, now
