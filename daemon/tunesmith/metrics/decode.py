"""Whole records → points by tag. Nothing that a file holds makes this raise."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from tunesmith.metrics.columns import Columns, Ints, concatenate, latest
from tunesmith.metrics.event import read_event
from tunesmith.metrics.event_file import Frames
from tunesmith.metrics.layout import layout, same_text
from tunesmith.metrics.protobuf import Malformed

LONGEST_TAG = 1024
LAYOUTS = 16
"""Layouts tried on the records of one length; a file with more of them is read record by record."""


@dataclass
class Decoded:
    """`restarts`: steps from which on all earlier points are void; `columns` has that and `latest` applied.

    `unreadable` counts records that are no events.
    """

    columns: dict[str, Columns] = field(default_factory=dict[str, Columns])
    restarts: list[int] = field(default_factory=list[int])
    unreadable: int = 0


@dataclass
class _Parts:
    """Points by tag as they are found, each with the number of the record that it came from.

    `single` are those of records that were read alone: number, step, value, wall time.
    """

    points: defaultdict[str, list[tuple[Ints, Columns]]]
    single: defaultdict[str, list[tuple[int, int, float, float]]]
    restarts: list[tuple[int, int]]
    unreadable: int = 0


def decode(data: bytes, frames: Frames) -> Decoded:
    """The scalars in the records of `data`."""
    parts = _Parts(defaultdict(list), defaultdict(list), [])
    by_length = np.argsort(frames.lengths, kind="stable")
    lengths = frames.lengths[by_length]
    edges = np.flatnonzero(np.diff(lengths)) + 1
    for records in np.split(by_length, edges):
        if len(records):
            _read_same_length(data, frames, records, parts)
    for tag, points in parts.single.items():
        parts.points[tag].append(_columns(points))
    decoded = Decoded(restarts=[step for _, step in sorted(parts.restarts)], unreadable=parts.unreadable)
    for tag, found in parts.points.items():
        points = _in_order(found, parts.restarts)
        if len(points) and len(tag) <= LONGEST_TAG:
            decoded.columns[tag] = points
    return decoded


def _read_same_length(data: bytes, frames: Frames, records: Ints, parts: _Parts) -> None:
    length = int(frames.lengths[records[0]])
    starts = frames.starts[records]
    if length == 0:
        return
    rows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), length)[starts]
    waiting = np.arange(len(records))
    for _ in range(LAYOUTS):
        if not len(waiting):
            return
        record = rows[waiting[0]].tobytes()
        try:
            known = layout(record, read_event(record))
        except Malformed:
            known = None
        if known is None:
            _read_alone(record, int(records[waiting[0]]), parts)
            waiting = waiting[1:]
            continue
        fits = known.fits(rows[waiting])
        chosen = waiting[fits]
        waiting = waiting[~fits]
        table = rows[chosen]
        points = known.read(table)
        firsts, group = same_text(table[:, slice(*known.tag)])
        order = np.argsort(group, kind="stable")
        for first, members in zip(firsts, np.split(order, np.cumsum(np.bincount(group))[:-1]), strict=True):
            tag = _text(table[first, slice(*known.tag)].tobytes())
            parts.points[tag].append((records[chosen[members]], points.take(members)))
    for index in waiting:
        _read_alone(rows[index].tobytes(), int(records[index]), parts)


def _read_alone(record: bytes, number: int, parts: _Parts) -> None:
    try:
        event = read_event(record)
    except Malformed:
        parts.unreadable += 1
        return
    if event.restart:
        parts.restarts.append((number, event.step))
    for scalar in event.scalars:
        tag = _text(record[slice(*scalar.tag)])
        parts.single[tag].append((number, event.step, scalar.number.value, event.wall_time))


def _columns(points: list[tuple[int, int, float, float]]) -> tuple[Ints, Columns]:
    numbers, steps, values, wall_times = zip(*points, strict=True)
    return np.array(numbers), Columns(np.array(steps, np.int64), np.array(values), np.array(wall_times))


def _in_order(found: list[tuple[Ints, Columns]], restarts: list[tuple[int, int]]) -> Columns:
    numbers = np.concatenate([records for records, _ in found])
    points = concatenate([part for _, part in found])
    if bool((numbers[1:] < numbers[:-1]).any()):
        order = np.argsort(numbers, kind="stable")
        numbers, points = numbers[order], points.take(order)
    for number, step in restarts:
        kept = (numbers > number) | (points.steps < step)
        numbers, points = numbers[kept], points.take(kept)
    return _with_sound_times(latest(points))


def _with_sound_times(points: Columns) -> Columns:
    sound = np.isfinite(points.wall_times)
    if bool(sound.all()):
        return points
    return Columns(points.steps, points.values, np.where(sound, points.wall_times, 0.0))


def _text(tag: bytes) -> str:
    return tag.decode("utf-8", "replace")
