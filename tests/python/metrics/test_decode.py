"""Events → points: what TensorBoard reads in real files, and what a plain model reads in any events."""

from __future__ import annotations

import json
import math
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import trainer
from event_bytes import event, field, record, restart, simple, varint
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.metrics.columns import Columns
from tunesmith.metrics.decode import LAYOUTS, LONGEST_TAG, Decoded, decode
from tunesmith.metrics.event_file import frames

EVENTS = Path(__file__).parents[1] / "fixtures" / "events"


def read(data: bytes) -> Decoded:
    return decode(data, frames(data))


def rows(points: Columns) -> list[tuple[int, float, str]]:
    """Values as text, so that NaN equals NaN."""
    columns = zip(points.steps.tolist(), points.wall_times.tolist(), points.values.tolist(), strict=True)
    return [(step, wall_time, repr(value)) for step, wall_time, value in columns]


@pytest.mark.parametrize("name", ["torch", "tensors", "restart"])
def test_the_same_points_as_event_accumulator(name: str) -> None:
    file = EVENTS / f"{name}.tfevents"
    accumulated = subprocess.run(
        [trainer.PYTHON, EVENTS / "accumulate.py", file], check=True, capture_output=True, text=True
    ).stdout
    theirs = {tag: [tuple(point) for point in points] for tag, points in json.loads(accumulated).items()}
    ours = {tag: rows(points) for tag, points in read(file.read_bytes()).columns.items()}
    assert theirs
    assert {tag: points for tag, points in ours.items() if "bfloat16" not in tag} == theirs


def test_bfloat16_is_read_though_tensorboard_cannot() -> None:
    points = read((EVENTS / "tensors.tfevents").read_bytes()).columns["val/bfloat16"]
    assert points.values.tolist() == [0.5, 1.5, 2.5]


def test_tensors_that_are_not_one_number_are_no_series() -> None:
    tags = read((EVENTS / "tensors.tfevents").read_bytes()).columns
    assert not {"vector", "text", "other"} & tags.keys()


numbers = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf])
steps = st.integers(0, 300) | st.sampled_from([2**31, 2**62, -1, -(2**63)])
tags = st.text(max_size=6) | st.sampled_from(["train/loss", "train/lass", "eval/f1"])
summaries = st.lists(st.tuples(tags, numbers), max_size=3)
events = st.lists(st.tuples(steps, st.floats(0, 2e9), summaries) | steps, max_size=60)


def model(history: Iterable[tuple[int, float, list[tuple[str, float]]] | int]) -> dict[str, list]:
    """One event after the other, each point replacing those at or past its step."""
    series: dict[str, list] = {}
    for one in history:
        if isinstance(one, int):
            series = {tag: [point for point in points if point[0] < one] for tag, points in series.items()}
            continue
        step, wall_time, values = one
        for tag, value in values:
            kept = [point for point in series.get(tag, []) if point[0] < step]
            series[tag] = [*kept, (step, wall_time, repr(float(value)))]
    return {tag: points for tag, points in series.items() if points}


def encoded(history: list) -> bytes:
    return b"".join(
        restart(one)
        if isinstance(one, int)
        else record(event(one[0], one[1], field(5, b"".join(simple(tag, value) for tag, value in one[2]))))
        for one in history
    )


@given(events)
def test_any_events_give_what_reading_them_one_by_one_gives(history: list) -> None:
    decoded = read(encoded(history))
    assert {tag: rows(points) for tag, points in decoded.columns.items()} == model(history)
    assert decoded.unreadable == 0


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_records_that_are_no_events_are_counted_and_left_out(records: list[bytes]) -> None:
    good = record(event(7, 1.0, field(5, simple("loss", 0.5))))
    decoded = read(good + b"".join(map(record, records)))
    assert "loss" in decoded.columns or decoded.restarts
    assert decoded.unreadable <= len(records)


def test_more_layouts_than_are_tried_lose_nothing() -> None:
    data = b"".join(
        record(event(step, 1.0, field(5, simple("loss", step))) + varint((100 + step) << 3) + b"\x01")
        for step in range(3 * LAYOUTS)
    )
    assert read(data).columns["loss"].steps.tolist() == list(range(3 * LAYOUTS))


def test_a_wall_time_that_is_no_time_becomes_zero() -> None:
    assert read(record(event(1, math.nan, field(5, simple("loss", 1.0))))).columns[
        "loss"
    ].wall_times.tolist() == [0]


def test_a_monstrous_tag_is_left_out() -> None:
    decoded = read(
        record(event(1, 1.0, field(5, simple("x" * (LONGEST_TAG + 1), 1.0) + simple("loss", 1.0))))
    )
    assert decoded.columns.keys() == {"loss"}


def test_signalling_nan_is_nan() -> None:
    value = field(1, field(1, b"loss") + b"\x15" + struct.pack("<I", 0x7F800001))
    assert math.isnan(read(record(event(1, 1.0, field(5, value)))).columns["loss"].values[0])
