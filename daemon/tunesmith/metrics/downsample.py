"""Which points to keep of a series that is longer than anybody can see."""

from __future__ import annotations

import numpy as np

from tunesmith.metrics.columns import Floats, Ints


def downsample(values: Floats, most: int) -> Ints:
    """Indices, in order, of about `most` points: least and greatest of each bucket, first and last of all.

    Non-finite points are kept besides, all of them while there are at most `most`; past that, the first of
    each kind in each bucket. Buckets start at index 0 and have a power of two of points: appending to a
    series does not move them, and what a coarser thinning keeps is among what a finer one keeps.
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    width = _bucket_width(count, most)
    finite = np.isfinite(values)
    kept = [np.array([0, count - 1]), *_extremes(values, finite, width)]
    strange = np.flatnonzero(~finite)
    if len(strange) > most:
        strange = _first_of_each_kind(values, strange, width)
    return np.unique(np.concatenate([*kept, strange]))


def _bucket_width(count: int, most: int) -> int:
    width = 2
    while 2 * -(-count // width) + 2 > max(most, 4):
        width *= 2
    return width


def _extremes(values: Floats, finite: np.ndarray, width: int) -> tuple[Ints, Ints]:
    buckets = -(-len(values) // width)
    starts = np.arange(buckets) * width
    filled = np.zeros(buckets * width, np.bool_)
    filled[: len(values)] = finite
    some = filled.reshape(buckets, width).any(axis=1)

    def pick(choose: str, blank: float) -> Ints:
        padded = np.full(buckets * width, blank)
        padded[: len(values)][finite] = values[finite]
        table = padded.reshape(buckets, width)
        return (starts + getattr(table, choose)(axis=1))[some]

    return pick("argmin", np.inf), pick("argmax", -np.inf)


def _first_of_each_kind(values: Floats, strange: Ints, width: int) -> Ints:
    kind = np.where(np.isnan(values[strange]), 0, np.where(values[strange] > 0, 1, 2))
    _, firsts = np.unique(strange // width * 3 + kind, return_index=True)
    return strange[firsts]
