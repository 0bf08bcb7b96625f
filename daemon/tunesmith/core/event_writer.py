"""A TensorBoard event file of scalars, written with the standard library alone.

The other side is `metrics/event_file.py`. A record (TFRecord) is: length u64, masked CRC32C of the length
u32, data, masked CRC32C of the data u32, little-endian. The data is an `Event` of protocol buffers.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path

_log = logging.getLogger(__name__)
_numbers = count()

_WALL_TIME, _STEP, _FILE_VERSION, _SUMMARY = 1, 2, 3, 5
"""Fields of `Event`."""
_VALUE = 1
"""Field of `Summary`."""
_TAG, _SIMPLE_VALUE = 1, 2
"""Fields of `Summary.Value`."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
"""Wire types."""


class EventWriter:
    """Appends scalars to an event file of its own in `folder`, made when the first ones come.

    Every write reaches the file before `add` returns. A write that fails (a full disk) is logged once and
    leaves no torn record behind; a later write is tried again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None
        self._complained = False

    def add(self, scalars: Mapping[str, float], step: int, wall_time: float | None = None) -> None:
        """Write one event with all of `scalars`, by tag."""
        if not scalars:
            return
        now = time.time() if wall_time is None else wall_time
        try:
            if self._descriptor is None:
                self._descriptor = self._open(now)
            _append(self._descriptor, framed(event(scalars, step, now)))
        except OSError as error:
            if not self._complained:
                self._complained = True
                _log.warning("Metrics cannot be written in %s: %s", self._folder, error.strerror or error)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, now: float) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(now):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        descriptor = os.open(self._folder / name, flags, 0o644)
        try:
            _append(descriptor, framed(header(now)))
        except OSError:
            os.close(descriptor)
            (self._folder / name).unlink(missing_ok=True)
            raise
        return descriptor


def event(scalars: Mapping[str, float], step: int, wall_time: float) -> bytes:
    """An `Event` with a summary."""
    values = b"".join(_bytes(_VALUE, _value(tag, number)) for tag, number in scalars.items())
    return _time(wall_time) + _key(_STEP, _VARINT) + _varint(step) + _bytes(_SUMMARY, values)


def header(wall_time: float) -> bytes:
    """The `Event` that every file starts with."""
    return _time(wall_time) + _bytes(_FILE_VERSION, b"brain.Event:2")


def framed(data: bytes) -> bytes:
    """`data` in its frame."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def masked_crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _value(tag: str, number: float) -> bytes:
    name = _bytes(_TAG, tag.encode(errors="replace"))
    return name + _key(_SIMPLE_VALUE, _FIXED32) + struct.pack("<f", _float32(number))


def _append(descriptor: int, data: bytes) -> None:
    """Write all of `data` or nothing of it."""
    written = os.write(descriptor, data)
    if written < len(data):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise OSError(None, "the disk took only a part of a record; is it full?")


def _float32(value: float) -> float:
    """`value` within what a record can hold: numbers that are too large become infinite."""
    try:
        struct.pack("<f", value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return value


def _time(wall_time: float) -> bytes:
    return _key(_WALL_TIME, _FIXED64) + struct.pack("<d", wall_time)


def _bytes(field: int, data: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(data)) + data


def _key(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1  # Negative numbers are written in two's complement.
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _table() -> tuple[int, ...]:
    table: list[int] = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _table()
