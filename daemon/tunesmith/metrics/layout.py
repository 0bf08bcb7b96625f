"""Records that differ only in their numbers are read together, as columns of one table of bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunesmith.metrics.columns import Bools, Columns, Ints
from tunesmith.metrics.event import Event
from tunesmith.metrics.protobuf import Span

Rows = NDArray[np.uint8]
"""One record a row, all of the same length."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where wall time, step, tag and value stand. A row has this layout when `row & mask == pattern`."""

    mask: NDArray[np.uint8]
    pattern: NDArray[np.uint8]
    wall: Span
    step: Span
    tag: Span
    value: Span
    kind: str

    def fits(self, rows: Rows) -> Bools:
        return ((rows & self.mask) == self.pattern).all(axis=1)

    def read(self, rows: Rows) -> Columns:
        """The points of rows that fit, in their order."""
        steps = np.zeros(len(rows), np.uint64)
        for place, column in enumerate(range(*self.step)):
            steps |= (rows[:, column] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * place)
        return Columns(
            steps.view(np.int64),
            _numbers(rows, self.value, self.kind),
            _numbers(rows, self.wall, "<f8"),
        )


def layout(record: bytes, event: Event) -> Layout | None:
    """The layout of a record with one number of fixed width; None for any other record."""
    if event.restart or len(event.scalars) != 1:
        return None
    scalar = event.scalars[0]
    if scalar.number.kind is None:
        return None
    mask = np.full(len(record), 0xFF, np.uint8)
    # Of the step's bytes only the mark "another byte follows" belongs to the layout.
    mask[slice(*event.step_span)] = 0x80
    for span in (event.wall_span, scalar.tag, scalar.number.span):
        mask[slice(*span)] = 0
    pattern = np.frombuffer(record, np.uint8) & mask
    return Layout(
        mask, pattern, event.wall_span, event.step_span, scalar.tag, scalar.number.span, scalar.number.kind
    )


def same_text(texts: Rows) -> tuple[Ints, Ints]:
    """Group equal rows: the index of one row of each group, and the group of each row."""
    count, width = texts.shape
    if width == 0 or bool((texts == texts[0]).all()):
        return np.zeros(1, np.int64), np.zeros(count, np.int64)
    padded = np.zeros((count, -(-width // 8) * 8), np.uint8)
    padded[:, :width] = texts
    mixed = np.zeros(count, np.uint64)
    for word in padded.view(np.uint64).T:
        mixed = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, firsts, group = np.unique(mixed, return_index=True, return_inverse=True)
    if bool((texts[firsts[group]] == texts).all()):
        return firsts, group
    # Two texts share a hash, which somebody has to construct: compare the texts themselves.
    whole = np.ascontiguousarray(texts).view(np.dtype((np.void, width))).ravel()
    _, firsts, group = np.unique(whole, return_index=True, return_inverse=True)
    return firsts, group


def _numbers(rows: Rows, span: Span, kind: str) -> NDArray[np.float64]:
    if span[0] == span[1]:
        return np.zeros(len(rows))
    with np.errstate(invalid="ignore"):  # signalling NaNs are values like any other
        return np.ascontiguousarray(rows[:, slice(*span)]).view(kind).ravel().astype(np.float64)
