"""Event files as bytes: a small writer, so that a test can also write what no real writer would."""

from __future__ import annotations

import struct
from pathlib import Path

import google_crc32c

NAME = "events.out.tfevents.1700000000.host.1.0"
VERSION = b"\x1a\x0dbrain.Event:2"


def record(data: bytes) -> bytes:
    """`data` in TFRecord framing."""
    length = struct.pack("<Q", len(data))
    return length + masked_sum(length) + data + masked_sum(data)


def scalar(tag: str, step: int, value: float, wall_time: float = 1.7e9) -> bytes:
    """A record with one simple value, as TensorBoard's writers encode it."""
    return record(event(step, wall_time, field(5, simple(tag, value))))


def simple(tag: str, value: float) -> bytes:
    """One value of a summary."""
    return field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", value))


def event(step: int, wall_time: float, rest: bytes = b"") -> bytes:
    stepped = b"\x10" + varint(step) if step else b""
    return b"\x09" + struct.pack("<d", wall_time) + stepped + rest


def restart(step: int) -> bytes:
    """A record that says: the writer starts again at `step`."""
    return record(event(step, 1.7e9, field(7, b"\x08\x01")))


def header(wall_time: float = 1.7e9) -> bytes:
    """The first record of every event file."""
    return record(event(0, wall_time, VERSION))


def field(number: int, data: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def masked_sum(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def events_folder(run: Path, attempt: int = 1) -> Path:
    """The folder of a run's event files, made."""
    folder = run / "attempts" / str(attempt) / "tb"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def append(path: Path, data: bytes) -> None:
    """Write `data` at the end, in one go, as TensorBoard's writers do."""
    with open(path, "ab", buffering=0) as file:
        file.write(data)
