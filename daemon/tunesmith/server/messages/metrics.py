"""Scalars of a run: its history, and what is written later."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

import msgspec

from tunesmith.server.messages.base import Wire


class Series(Wire):
    """One scalar tag: equally long columns, ordered as written: little-endian float64, in JSON as base64.

    Numbers as text would take many times as long to write and to read, and JSON has none for NaN.
    """

    tag: str
    steps: bytes
    values: bytes
    wall_times: bytes
    """Seconds since the epoch."""


class Subscribe(Wire):
    run_id: str
    max_points: int = 4000
    """The history comes thinned to about this many points a tag; extremes and non-finite values are kept."""


class Unsubscribe(Wire):
    run_id: str


class MetricsSnapshot(Wire):
    """The whole history of a run's scalars. What is written later comes as `tunesmith/metrics/delta`."""

    run_id: str
    series: list[Series]
    total_points: int
    warnings: list[str] = []
    """What is wrong with the event files, such as one that is damaged; for people."""


class EncodedSnapshot(Wire):
    """A MetricsSnapshot whose series are JSON already."""

    run_id: str
    series: list[msgspec.Raw]
    total_points: int
    warnings: list[str]


class MetricsDelta(Wire):
    """Points to append. `resync` says that the files were replaced: drop what you have, subscribe again."""

    run_id: str
    series: list[Series]
    resync: bool = False
    warnings: list[str] = []
    """What has been found wrong with the event files since the snapshot."""
