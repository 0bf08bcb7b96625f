"""The points of a run's tags in memory: columns that grow at their end, within a bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tunesmith.metrics.columns import Columns
from tunesmith.metrics.downsample import downsample

MOST_TAGS = 2000
MOST_POINTS = 2_000_000
"""Points of a run in memory. Past that the longest series is thinned; extremes and non-finite values stay."""


class Series:
    """The points of one tag; their steps are strictly increasing. `total` counts the thinned ones too."""

    def __init__(self) -> None:
        self._steps = np.empty(64, np.int64)
        self._values = np.empty(64)
        self._wall_times = np.empty(64)
        self._count = 0
        self.total = 0

    def points(self) -> Columns:
        """A view of all points: valid until the next change."""
        return Columns(
            self._steps[: self._count], self._values[: self._count], self._wall_times[: self._count]
        )

    def __len__(self) -> int:
        return self._count

    def append(self, points: Columns) -> bool:
        """Add points with increasing steps. True when they replaced some at or past their first step."""
        replaced = self.cut(int(points.steps[0]))
        end = self._count + len(points)
        if end > len(self._steps):
            self._grow(max(end, len(self._steps) * 3 // 2))
        self._steps[self._count : end] = points.steps
        self._values[self._count : end] = points.values
        self._wall_times[self._count : end] = points.wall_times
        self._count = end
        self.total += len(points)
        return replaced

    def cut(self, step: int) -> bool:
        """Drop the points at `step` and past it. True when there were any."""
        left = int(np.searchsorted(self._steps[: self._count], step))
        dropped = self._count - left
        self._count = left
        self.total -= dropped
        return dropped > 0

    def thin(self) -> None:
        """Keep half of the points or less."""
        kept = self.points().take(downsample(self._values[: self._count], self._count // 4))
        self._count = len(kept)
        self._steps[: self._count] = kept.steps
        self._values[: self._count] = kept.values
        self._wall_times[: self._count] = kept.wall_times

    def _grow(self, size: int) -> None:
        old = self.points()
        self._steps, self._values, self._wall_times = np.empty(size, np.int64), np.empty(size), np.empty(size)
        self._steps[: len(old)] = old.steps
        self._values[: len(old)] = old.values
        self._wall_times[: len(old)] = old.wall_times


@dataclass
class Added:
    """What an append changed: the points that are new, and whether others went away for them."""

    columns: dict[str, Columns] = field(default_factory=dict[str, Columns])
    replaced: bool = False
    left_out: int = 0
    """Tags beyond the most that a run may have."""


class History:
    """All series of one run, by tag."""

    def __init__(self, most_points: int = MOST_POINTS, most_tags: int = MOST_TAGS) -> None:
        self._most_points = most_points
        self._most_tags = most_tags
        self.series: dict[str, Series] = {}

    @property
    def total_points(self) -> int:
        return sum(series.total for series in self.series.values())

    def restart(self, step: int, prefix: str) -> bool:
        """Void the points from `step` on in all tags that start with `prefix`. True when there were any."""
        cuts = [series.cut(step) for tag, series in self.series.items() if tag.startswith(prefix)]
        return any(cuts)

    def append(self, columns: Mapping[str, Columns]) -> Added:
        """Add points by tag; in each tag a point replaces those at or past its step."""
        added = Added()
        for tag, points in columns.items():
            series = self.series.get(tag)
            if series is None:
                if len(self.series) >= self._most_tags:
                    added.left_out += 1
                    continue
                series = self.series[tag] = Series()
            added.replaced |= series.append(points)
            added.columns[tag] = points
        while sum(map(len, self.series.values())) > self._most_points:
            max(self.series.values(), key=len).thin()
        return added

    def thinned(self, most: int) -> dict[str, Columns]:
        """Copies of about `most` points of each tag."""
        return {
            tag: points.take(downsample(points.values, most))
            for tag, points in ((tag, series.points()) for tag, series in self.series.items())
            if len(points)
        }
