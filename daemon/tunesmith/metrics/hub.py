"""The runs that are subscribed and what is told of them next. Clock and pipe are outside."""

from __future__ import annotations

import enum
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.metrics.columns import Columns
from tunesmith.metrics.messages import Answer, Delta, Points, Snapshot, Subscribe
from tunesmith.metrics.reader import RunReader, Update
from tunesmith.metrics.series import MOST_POINTS

MOST_BYTES = 60_000
"""Of one delta as JSON, which is its longest form on the way to the chart; messages stay below 64 KB."""

POINT_BYTES = 32
"""Three columns of eight bytes, in base64."""

TAG_BYTES = 120
BURST = 20_000
"""Points at once past which a subscriber is better served by a new, thinned snapshot."""

RESYNC_PAUSE = 1.0
"""Seconds at least between two resyncs of a run, for writers that repeat steps all the time."""

MOST_IDLE_POINTS = MOST_POINTS
"""Of runs that are no longer subscribed, kept so that opening them again is quick."""


class State(enum.Enum):
    OPENING = enum.auto()
    LIVE = enum.auto()
    STALE = enum.auto()
    """What the subscriber has is no longer right, and it is to be told so."""
    TOLD = enum.auto()


@dataclass
class Watch:
    """One subscribed run."""

    reader: RunReader
    request: Subscribe
    state: State = State.OPENING
    resynced: float = float("-inf")


class Hub:
    """Makes answers out of requests and the passing of time."""

    def __init__(self) -> None:
        self._watched: dict[str, Watch] = {}
        self._idle: OrderedDict[str, RunReader] = OrderedDict()

    @property
    def watching(self) -> bool:
        return bool(self._watched)

    def subscribe(self, request: Subscribe) -> None:
        """Begin; the snapshot comes from a later `tick`. Subscribing again asks for a new snapshot."""
        watch = self._watched.get(request.run_id)
        if watch is None:
            reader = self._idle.pop(request.folder, None) or RunReader(Path(request.folder))
            self._watched[request.run_id] = Watch(reader, request)
        else:
            watch.request, watch.state = request, State.OPENING

    def unsubscribe(self, run_id: str) -> None:
        watch = self._watched.pop(run_id, None)
        if watch is None:
            return
        self._idle[watch.request.folder] = watch.reader
        while sum(reader.history.total_points for reader in self._idle.values()) > MOST_IDLE_POINTS:
            self._idle.popitem(last=False)

    def tick(self, now: float) -> tuple[list[Answer], bool]:
        """Read what is new of every subscribed run: what to say, and whether more can be read right now."""
        answers: list[Answer] = []
        more = False
        for run_id, watch in self._watched.items():
            update = watch.reader.advance(now)
            more |= update.more
            answers += _answers(run_id, watch, update, now)
        return answers, more


def _answers(run_id: str, watch: Watch, update: Update, now: float) -> Iterator[Answer]:
    if watch.state is State.OPENING:
        if not update.more:
            watch.state = State.LIVE
            yield _snapshot(run_id, watch)
        return
    added = update.points()
    if watch.state is State.LIVE and (update.replaced or sum(map(len, added.values())) > BURST):
        watch.state = State.STALE
    if watch.state is State.LIVE:
        yield from _deltas(run_id, added, update.warnings)
    elif watch.state is State.STALE and now - watch.resynced >= RESYNC_PAUSE:
        watch.state, watch.resynced = State.TOLD, now
        yield Delta(run_id, resync=True)


def _snapshot(run_id: str, watch: Watch) -> Snapshot:
    history = watch.reader.history
    series = [_points(tag, points) for tag, points in history.thinned(watch.request.max_points).items()]
    return Snapshot(watch.request.id, run_id, series, history.total_points, list(watch.reader.warnings))


def _deltas(run_id: str, added: dict[str, Columns], warnings: list[str]) -> Iterator[Delta]:
    if warnings:
        yield Delta(run_id, warnings=warnings)
    batch: list[Points] = []
    room = MOST_BYTES
    for tag, points in added.items():
        head = TAG_BYTES + 6 * len(tag)
        at = 0
        while at < len(points):
            if room < head + POINT_BYTES:
                yield Delta(run_id, batch)
                batch, room = [], MOST_BYTES
            count = min(len(points) - at, (room - head) // POINT_BYTES)
            batch.append(_points(tag, points.take(slice(at, at + count))))
            room -= head + count * POINT_BYTES
            at += count
    if batch:
        yield Delta(run_id, batch)


def _points(tag: str, points: Columns) -> Points:
    return Points(
        tag,
        points.steps.astype("<f8").tobytes(),
        points.values.astype("<f8").tobytes(),
        points.wall_times.astype("<f8").tobytes(),
    )
