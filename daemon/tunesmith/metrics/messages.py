"""What the daemon and the metrics process say to each other: msgpack, each message behind its length (u32).

Columns travel as the bytes of little-endian float64, as on to the client: no end turns points into objects.
"""

from __future__ import annotations

import struct

import msgspec

LENGTH = struct.Struct("<I")
LONGEST = 256 << 20


class Subscribe(msgspec.Struct, tag=True, frozen=True):
    """Answered by a `Snapshot` with the same id; from then on `Delta`s follow."""

    id: int
    run_id: str
    folder: str
    max_points: int


class Unsubscribe(msgspec.Struct, tag=True, frozen=True):
    run_id: str


class Points(msgspec.Struct, frozen=True):
    """One tag."""

    tag: str
    steps: bytes
    values: bytes
    wall_times: bytes


class Snapshot(msgspec.Struct, tag=True, frozen=True):
    id: int
    run_id: str
    series: list[Points]
    total_points: int
    warnings: list[str]


class Delta(msgspec.Struct, tag=True, frozen=True):
    """Points to append. After `resync` nothing follows until the run is subscribed again."""

    run_id: str
    series: list[Points] = []
    resync: bool = False
    warnings: list[str] = []


Request = Subscribe | Unsubscribe
Answer = Snapshot | Delta


class Oversized(ValueError):
    """A message claims a length that none has."""


_encoder = msgspec.msgpack.Encoder()


def framed(message: Request | Answer) -> bytes:
    """The message as it goes through the pipe."""
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body


def body_length(head: bytes) -> int:
    """The length that the four bytes before a message give. Raises Oversized."""
    (length,) = LENGTH.unpack(head)
    if length > LONGEST:
        raise Oversized(f"a message of {length} bytes; the longest is {LONGEST}")
    return length
