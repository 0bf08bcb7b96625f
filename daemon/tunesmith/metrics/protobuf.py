"""The protocol buffer wire format, as far as event files need it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Span = tuple[int, int]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Malformed(ValueError):
    """The bytes are not a protocol buffer message."""


class Field(NamedTuple):
    """One field of a message; its value stands at `start:stop` (for BYTES without the length)."""

    number: int
    kind: int
    start: int
    stop: int


def fields(data: bytes, start: int, stop: int) -> Iterator[Field]:
    """The fields of the message at `start:stop`. Raises Malformed."""
    position = start
    while position < stop:
        key, position = varint(data, position, stop)
        number, kind = key >> 3, key & 7
        if kind == BYTES:
            length, position = varint(data, position, stop)
            end = position + length
        elif kind == VARINT:
            end = varint(data, position, stop)[1]
        elif kind == FIXED32:
            end = position + 4
        elif kind == FIXED64:
            end = position + 8
        else:
            raise Malformed(f"wire type {kind} at byte {position}")
        if end > stop:
            raise Malformed(f"field {number} runs past the end of its message")
        yield Field(number, kind, position, end)
        position = end


def varint(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """The unsigned number at `start`, and where it ends. Raises Malformed."""
    value = 0
    for index in range(start, min(stop, start + 10)):
        byte = data[index]
        value |= (byte & 0x7F) << (7 * (index - start))
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, index + 1
    raise Malformed(f"a number at byte {start} has no end")


def signed(value: int) -> int:
    """An unsigned 64-bit number read as two's complement."""
    return value - (1 << 64) if value >= 1 << 63 else value
