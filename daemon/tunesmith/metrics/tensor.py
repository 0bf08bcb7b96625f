"""The one number in a TensorProto that holds just one (tensor.proto and types.proto of TensorBoard)."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from tunesmith.metrics.protobuf import BYTES, FIXED32, FIXED64, VARINT, Span, fields, signed, varint

DTYPE, SHAPE, CONTENT = 1, 2, 4
FLOAT_VAL, DOUBLE_VAL, INT_VAL, INT64_VAL, BOOL_VAL, HALF_VAL, UINT32_VAL, UINT64_VAL = (
    5,
    6,
    7,
    10,
    11,
    13,
    16,
    17,
)

BFLOAT16, HALF = 14, 19
NUMPY = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "u1",
    BFLOAT16: "<u2", 17: "<u2", HALF: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
"""DataType → the numpy type of `tensor_content`. Strings and complex numbers are no scalars."""

FIXED = {FLOAT_VAL: ("<f4", FIXED32), DOUBLE_VAL: ("<f8", FIXED64)}
VARINTS = (INT_VAL, INT64_VAL, BOOL_VAL, HALF_VAL, UINT32_VAL, UINT64_VAL)


class Number(NamedTuple):
    """`kind` is the numpy type of the bytes at `span`; None when they are not the number at a fixed width."""

    value: float
    span: Span
    kind: str | None


def scalar(data: bytes, span: Span, *, any_shape: bool) -> Number | None:
    """The number in the tensor at `span`, or None. `any_shape`: (1,) and the like count as a scalar too."""
    dtype, content, stored = 0, None, None
    for number, kind, start, stop in fields(data, *span):
        if number == DTYPE and kind == VARINT:
            dtype = varint(data, start, stop)[0]
        elif number == SHAPE and kind == BYTES:
            if not _holds_one(data, (start, stop), any_shape):
                return None
        elif number == CONTENT and kind == BYTES:
            content = (start, stop)
        elif number in FIXED or number in VARINTS:
            stored = (number, kind, start, stop)
    if dtype not in NUMPY:
        return None
    if content is not None and content[0] < content[1]:
        return _from_content(data, content, dtype)
    if stored is None:
        # Zero is the default of every number, and writers leave defaults out.
        return Number(0.0, (0, 0), None)
    number, kind, start, stop = stored
    if number in FIXED:
        numpy_type, one = FIXED[number]
        width = np.dtype(numpy_type).itemsize
        if kind not in (one, BYTES) or stop - start != width:
            return None
        return Number(_number(data, start, numpy_type), (start, stop), numpy_type)
    if kind not in (VARINT, BYTES):
        return None
    raw, end = varint(data, start, stop)
    return Number(_from_varint(raw, dtype), (0, 0), None) if end == stop else None


def _holds_one(data: bytes, span: Span, any_shape: bool) -> bool:
    sizes = [
        signed(varint(data, size_at, size_end)[0])
        for number, kind, start, stop in fields(data, *span)
        if number == 2 and kind == BYTES
        for inner, inner_kind, size_at, size_end in fields(data, start, stop)
        if inner == 1 and inner_kind == VARINT
    ]
    return not sizes or (any_shape and all(size == 1 for size in sizes))


def _from_content(data: bytes, span: Span, dtype: int) -> Number | None:
    numpy_type = NUMPY[dtype]
    start, stop = span
    if stop - start != np.dtype(numpy_type).itemsize:
        return None
    if dtype == BFLOAT16:
        return Number(_bfloat16(int.from_bytes(data[start:stop], "little")), (0, 0), None)
    return Number(_number(data, start, numpy_type), span, numpy_type)


def _from_varint(raw: int, dtype: int) -> float:
    if dtype == HALF:
        return float(np.array([raw & 0xFFFF], np.uint16).view(np.float16)[0])
    if dtype == BFLOAT16:
        return _bfloat16(raw & 0xFFFF)
    return float(raw if dtype in (22, 23) else signed(raw))


def _bfloat16(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits << 16))[0]


def _number(data: bytes, start: int, numpy_type: str) -> float:
    return float(np.frombuffer(data, numpy_type, 1, start)[0])
