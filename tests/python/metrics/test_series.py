"""A history holds what the events say, however they arrive, within its bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.metrics.columns import Columns
from tunesmith.metrics.series import History


def columns(steps: list[int], values: list[float] | None = None) -> Columns:
    chosen = np.array(steps if values is None else values, np.float64)
    return Columns(np.array(steps, np.int64), chosen, np.zeros(len(steps)))


def test_a_resumed_part_replaces_what_stood_there() -> None:
    history = History()
    history.append({"loss": columns([1, 2, 3, 4]), "f1": columns([2, 4])})
    added = history.append({"loss": columns([3, 4, 5], [30, 40, 50])})
    assert added.replaced
    points = history.series["loss"].points()
    assert points.steps.tolist() == [1, 2, 3, 4, 5]
    assert points.values.tolist() == [1, 2, 30, 40, 50]
    assert history.series["f1"].points().steps.tolist() == [2, 4]
    assert history.total_points == 7


def test_an_append_past_the_end_replaces_nothing() -> None:
    history = History()
    history.append({"loss": columns([1, 2])})
    assert not history.append({"loss": columns([3])}).replaced


def test_a_restart_voids_the_tags_of_its_folder_alone() -> None:
    history = History()
    history.append({"a/loss": columns([1, 2, 3]), "b/loss": columns([1, 2, 3])})
    assert history.restart(2, "a/")
    assert history.series["a/loss"].points().steps.tolist() == [1]
    assert history.series["b/loss"].points().steps.tolist() == [1, 2, 3]


@given(st.integers(1, 5), st.lists(st.integers(2, 3000), min_size=1, max_size=8), st.booleans())
def test_memory_is_bounded_and_extremes_survive(tags: int, sizes: list[int], half_nan: bool) -> None:
    history = History(most_points=2000)
    values = np.random.default_rng(0).normal(size=sum(sizes))
    values[:: 2 if half_nan else 1000] = np.nan
    start = 0
    for size in sizes:
        part = columns(list(range(start, start + size)), list(values[start : start + size]))
        history.append({f"tag{number}": part for number in range(tags)})
        start += size
    assert sum(map(len, history.series.values())) <= 2000
    for series in history.series.values():
        points = series.points()
        assert series.total == len(values)
        assert np.nanmin(points.values) == np.nanmin(values)
        assert np.nanmax(points.values) == np.nanmax(values)
        assert np.isnan(points.values).any()
        assert points.steps[[0, -1]].tolist() == [0, len(values) - 1]
        assert (np.diff(points.steps) > 0).all()


def test_tags_past_the_most_are_counted() -> None:
    history = History(most_tags=2)
    added = history.append({tag: columns([1]) for tag in "abcd"})
    assert added.left_out == 2
    assert history.series.keys() == {"a", "b"}
