"""The scalars of a run: history as the reply, what comes later as `tunesmith/metrics/delta`."""

from __future__ import annotations

import asyncio

import msgspec

from tunesmith.metrics.client import MetricsClient, MetricsUnavailable
from tunesmith.metrics.messages import Delta, Points, Snapshot
from tunesmith.server.confine import find_run
from tunesmith.server.messages.base import Nothing
from tunesmith.server.messages.metrics import EncodedSnapshot, MetricsDelta, Series, Subscribe, Unsubscribe
from tunesmith.server.refused import Refused
from tunesmith.server.session import Session

LEAST_POINTS, MOST_POINTS = 10, 20_000


async def subscribe(session: Session, params: Subscribe) -> EncodedSnapshot:
    """Raises Refused when there is no such run, or the metrics process cannot be had."""
    run = await asyncio.to_thread(find_run, session, params.run_id)
    if run is None:
        raise Refused(
            f"There is no run {params.run_id} in this workspace any more. Refresh the list of runs."
        )
    client = _client(session)
    try:
        points = min(max(params.max_points, LEAST_POINTS), MOST_POINTS)
        snapshot = await _encoded(await client.subscribe(run.id, run.path, points))
    except MetricsUnavailable as error:
        raise Refused(str(error)) from error
    # The reply is sent by a callback of this task, which is scheduled when it ends; deltas go after it.
    loop = asyncio.get_running_loop()
    loop.call_soon(loop.call_soon, client.follow, run.id)
    return snapshot


async def unsubscribe(session: Session, params: Unsubscribe) -> Nothing:
    """Nothing more is read or sent of the run. One that is not subscribed is no error."""
    if session.metrics is not None:
        session.metrics.unsubscribe(params.run_id)
    return Nothing()


def _client(session: Session) -> MetricsClient:
    if session.metrics is None:
        session.metrics = MetricsClient(
            lambda delta: session.client.notify("tunesmith/metrics/delta", _delta(delta))
        )
        session.on_close(session.metrics.close)
    return session.metrics


async def _encoded(snapshot: Snapshot) -> EncodedSnapshot:
    """Encodes one tag after the other: a history is long, and between two tags others have their turn."""
    series: list[msgspec.Raw] = []
    for points in snapshot.series:
        series.append(msgspec.Raw(msgspec.json.encode(_series(points))))
        await asyncio.sleep(0)
    return EncodedSnapshot(snapshot.run_id, series, snapshot.total_points, snapshot.warnings)


def _delta(delta: Delta) -> MetricsDelta:
    return MetricsDelta(
        delta.run_id, [_series(points) for points in delta.series], delta.resync, delta.warnings
    )


def _series(points: Points) -> Series:
    return Series(points.tag, points.steps, points.values, points.wall_times)
