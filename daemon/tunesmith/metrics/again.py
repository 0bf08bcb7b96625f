"""Steps that a resumed attempt goes over again: what the one before wrote of them is void."""

from __future__ import annotations

from pathlib import Path

from tunesmith.core.attempts import read_plan
from tunesmith.core.layout import AttemptFolder


class GoneOver:
    """Tells, once an attempt, from which step on its first points replace what stands there."""

    def __init__(self) -> None:
        self._starts: dict[Path, tuple[int, int]] = {}
        self._begun: set[int] = set()
        self._planned: dict[int, int | None] = {}

    def found(self, attempt: AttemptFolder, files: list[Path]) -> None:
        """These are all event files of the attempt so far."""
        if attempt.number not in self._planned:
            plan = read_plan(attempt)
            self._planned[attempt.number] = None if plan is None or plan.step is None else plan.step + 1
        step = self._planned[attempt.number]
        if step is not None:
            self._starts |= dict.fromkeys(files, (attempt.number, step))

    def from_step(self, file: Path) -> int | None:
        """The step, if points of `file` are the first of an attempt that goes over steps again."""
        attempt, step = self._starts.get(file, (0, None))
        if step is None or attempt in self._begun:
            return None
        self._begun.add(attempt)
        return step
