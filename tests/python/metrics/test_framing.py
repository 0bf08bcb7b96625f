"""Records come out whole, in order and checked; what is torn waits, what is damaged ends the reading."""

from __future__ import annotations

import struct

from event_bytes import masked_sum, record
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.metrics.event_file import LONGEST, OVERHEAD, frames


def read(data: bytes) -> list[bytes]:
    found = frames(data)
    return [data[start : start + length] for start, length in zip(found.starts, found.lengths, strict=True)]


@given(st.lists(st.binary(max_size=80), max_size=20), st.data())
def test_a_cut_leaves_the_whole_records_before_it(records: list[bytes], draw: st.DataObject) -> None:
    data = b"".join(map(record, records))
    cut = draw.draw(st.integers(0, len(data)))
    found = frames(data[:cut])
    assert not found.damaged
    whole = read(data[:cut])
    assert whole == records[: len(whole)]
    assert found.consumed == sum(len(one) + OVERHEAD for one in whole)
    rest = frames(data[found.consumed :])
    assert len(whole) + len(rest.starts) == len(records)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=8), st.data())
def test_a_flipped_bit_is_found_and_all_before_it_is_kept(records: list[bytes], draw: st.DataObject) -> None:
    data = bytearray(b"".join(map(record, records)))
    place = draw.draw(st.integers(0, len(data) * 8 - 1))
    data[place // 8] ^= 1 << place % 8
    found = frames(bytes(data))
    intact = 0
    while sum(len(one) + OVERHEAD for one in records[: intact + 1]) <= place // 8:
        intact += 1
    assert found.damaged
    assert read(bytes(data)) == records[:intact]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    assert frames(data).consumed <= len(data)


def test_a_record_too_long_to_hold_scalars_is_named_by_its_size() -> None:
    length = struct.pack("<Q", LONGEST + 1)
    found = frames(record(b"a") + length + masked_sum(length) + bytes(100))
    assert found.oversized == LONGEST + 1 + OVERHEAD
    assert found.consumed == 1 + OVERHEAD
    assert not found.damaged
