"""A reader of event files, and what a test asks of it."""

from __future__ import annotations

from pathlib import Path

from tunesmith.metrics.reader import LOOK_FOR_FILES, RunReader, Update


class Clock:
    """Far enough between two readings that the reader looks for new files."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += LOOK_FOR_FILES
        return self.now


class Reading:
    """A reader and what a test asks of it."""

    def __init__(self, run: Path) -> None:
        self.reader = RunReader(run)
        self.clock = Clock()

    def all(self) -> list[Update]:
        updates = [self.reader.advance(self.clock())]
        while updates[-1].more:
            updates.append(self.reader.advance(self.clock()))
        return updates

    def series(self) -> dict[str, list[tuple[int, str]]]:
        return {
            tag: [
                (step, repr(value))
                for step, value in zip(
                    series.points().steps.tolist(), series.points().values.tolist(), strict=True
                )
            ]
            for tag, series in self.reader.history.series.items()
            if len(series)
        }

    def steps(self, tag: str = "loss") -> list[int]:
        return [step for step, _ in self.series().get(tag, [])]
