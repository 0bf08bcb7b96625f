"""One TensorBoard event: its scalars, and where in the record's bytes each part stands.

Follows event.proto and summary.proto of TensorBoard, by field number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tunesmith.metrics import tensor
from tunesmith.metrics.protobuf import BYTES, FIXED32, FIXED64, VARINT, Span, fields, signed, varint

_FLOAT = struct.Struct("<f")
_DOUBLE = struct.Struct("<d")


@dataclass(frozen=True)
class Scalar:
    """`tag` is where its name stands; `number` says the same of the value."""

    tag: Span
    number: tensor.Number


@dataclass
class Event:
    """`restart`: the writer starts again at `step`, so what stands from there on is void."""

    wall_time: float = 0.0
    wall_span: Span = (0, 0)
    step: int = 0
    step_span: Span = (0, 0)
    restart: bool = False
    scalars: list[Scalar] = field(default_factory=list[Scalar])


def read_event(record: bytes) -> Event:
    """The event in `record`. Raises Malformed."""
    event = Event()
    for number, kind, start, stop in fields(record, 0, len(record)):
        if number == 1 and kind == FIXED64:
            event.wall_time = _DOUBLE.unpack_from(record, start)[0]
            event.wall_span = (start, stop)
        elif number == 2 and kind == VARINT:
            event.step = signed(varint(record, start, stop)[0])
            event.step_span = (start, stop)
        elif number == 5 and kind == BYTES:
            event.scalars += _summary(record, start, stop)
        elif number == 7 and kind == BYTES:
            event.restart = _says_start(record, start, stop)
    return event


def _summary(record: bytes, start: int, stop: int) -> Iterator[Scalar]:
    for number, kind, at, end in fields(record, start, stop):
        if number == 1 and kind == BYTES:
            scalar = _value(record, at, end)
            if scalar is not None:
                yield scalar


def _value(record: bytes, start: int, stop: int) -> Scalar | None:
    tag: Span = (0, 0)
    simple: Span | None = None
    tensor_at: Span | None = None
    plugin = b""
    for number, kind, at, end in fields(record, start, stop):
        if number == 1 and kind == BYTES:
            tag = (at, end)
        elif number == 2 and kind == FIXED32:
            simple = (at, end)
        elif number == 8 and kind == BYTES:
            tensor_at = (at, end)
        elif number == 9 and kind == BYTES:
            plugin = _plugin(record, at, end)
    if simple is not None:
        return Scalar(tag, tensor.Number(_FLOAT.unpack_from(record, simple[0])[0], simple, "<f4"))
    if tensor_at is None or plugin not in (b"", b"scalars"):
        return None
    found = tensor.scalar(record, tensor_at, any_shape=plugin == b"scalars")
    return None if found is None else Scalar(tag, found)


def _plugin(record: bytes, start: int, stop: int) -> bytes:
    """SummaryMetadata.plugin_data.plugin_name."""
    for number, kind, at, end in fields(record, start, stop):
        if number == 1 and kind == BYTES:
            for inner, inner_kind, name_at, name_end in fields(record, at, end):
                if inner == 1 and inner_kind == BYTES:
                    return record[name_at:name_end]
    return b""


def _says_start(record: bytes, start: int, stop: int) -> bool:
    """SessionLog.status is START."""
    return any(
        number == 1 and kind == VARINT and varint(record, at, end)[0] == 1
        for number, kind, at, end in fields(record, start, stop)
    )
