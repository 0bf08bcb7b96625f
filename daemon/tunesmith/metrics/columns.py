"""Points of one scalar tag, as equally long columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Columns:
    """`steps` int64; `values` float64, NaN and infinities kept; `wall_times` float64, epoch seconds."""

    steps: Ints
    values: Floats
    wall_times: Floats

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, which: Ints | Bools | slice) -> Columns:
        """The chosen points, in the order of `which`."""
        return Columns(self.steps[which], self.values[which], self.wall_times[which])


def concatenate(parts: Sequence[Columns]) -> Columns:
    """The parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Columns(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.wall_times for part in parts]),
    )


def latest(points: Columns) -> Columns:
    """What is left when each point, as it arrives, replaces every earlier one at its step or past it.

    So a run that goes on from step 500 rewrites its curves from there, as in TensorBoard's data server. The
    steps of the result are strictly increasing.
    """
    steps = points.steps
    if len(steps) < 2 or bool((steps[1:] > steps[:-1]).all()):
        return points
    least_from_here = np.minimum.accumulate(steps[::-1])[::-1]
    kept = np.ones(len(steps), dtype=np.bool_)
    kept[:-1] = steps[:-1] < least_from_here[1:]
    return points.take(kept)
