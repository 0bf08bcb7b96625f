"""The framing of TensorBoard event files (TFRecord), checked against its checksums.

A record is: length u64, masked CRC32C of the length u32, data, masked CRC32C of the data u32 (little-endian).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

import google_crc32c
import numpy as np

from tunesmith.metrics.columns import Ints

HEADER = struct.Struct("<QI")
OVERHEAD = HEADER.size + 4
LONGEST = 1 << 20
"""Bytes. A record with scalars is far shorter; longer ones (images, graphs) are stepped over unread."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The whole records at the start of some bytes: where their data starts, and how long it is.

    `consumed` counts the bytes of those records. `oversized` is the size, with its frame, of a record that
    follows and is too long to look into. `damaged`: the next record contradicts its checksum.
    """

    starts: Ints
    lengths: Ints
    consumed: int
    oversized: int = 0
    damaged: bool = False


def frames(data: bytes) -> Frames:
    """The records of `data`, which starts at a record; a last one that is cut short is left for later."""
    starts: list[int] = []
    lengths: list[int] = []
    sums: list[int] = []
    position, end, oversized, damaged = 0, len(data), 0, False
    while position + HEADER.size <= end:
        length, length_sum = HEADER.unpack_from(data, position)
        if length_sum != _masked_sum_of_length(length):
            damaged = True
            break
        if length > LONGEST:
            oversized = length + OVERHEAD
            break
        start = position + 12
        stop = start + length
        if stop + 4 > end:
            break
        starts.append(start)
        lengths.append(length)
        sums.append(google_crc32c.value(data[start:stop]))
        position = stop + 4

    found = Frames(np.array(starts, np.int64), np.array(lengths, np.int64), position, oversized, damaged)
    bad = np.flatnonzero(_stored_sums(data, found) != _masked(np.array(sums, np.uint32)))
    if not len(bad):
        return found
    first = int(bad[0])
    return Frames(found.starts[:first], found.lengths[:first], starts[first] - HEADER.size, damaged=True)


def _stored_sums(data: bytes, found: Frames) -> np.ndarray:
    places = (found.starts + found.lengths)[:, None] + np.arange(4)
    return np.frombuffer(data, np.uint8)[places].view("<u4").ravel()


def _masked(sums: np.ndarray) -> np.ndarray:
    return ((sums >> 15) | (sums << 17)) + np.uint32(0xA282EAD8)


@lru_cache(maxsize=4096)
def _masked_sum_of_length(length: int) -> int:
    return int(_masked(np.array([google_crc32c.value(length.to_bytes(8, "little"))], np.uint32))[0])
