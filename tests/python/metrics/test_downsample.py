"""Thinning keeps what the eye looks for: extremes, ends and every value that is no number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.metrics.downsample import downsample

values = st.lists(st.floats(), min_size=1, max_size=400).map(np.array)
most = st.integers(4, 60)


@given(values, most)
def test_extremes_ends_and_non_finite_values_stay(series: np.ndarray, bound: int) -> None:
    kept = downsample(series, bound)
    assert (np.diff(kept) > 0).all()
    assert {0, len(series) - 1} <= set(kept.tolist())
    finite = np.isfinite(series)
    if finite.any():
        assert series[kept][np.isfinite(series[kept])].min() == series[finite].min()
        assert series[kept][np.isfinite(series[kept])].max() == series[finite].max()
    if (~finite).sum() <= bound:
        assert set(np.flatnonzero(~finite)) <= set(kept.tolist())
    assert {repr(v) for v in series[~finite]} == {repr(v) for v in series[kept][~np.isfinite(series[kept])]}


@given(values, most)
def test_the_result_is_bounded_whatever_is_in_it(series: np.ndarray, bound: int) -> None:
    finite = int(np.isfinite(series).sum())
    kept = downsample(series, bound)
    assert np.isfinite(series[kept]).sum() <= min(bound, finite)
    assert len(kept) <= 3 * bound


@given(st.lists(st.floats(-1, 1), min_size=100, max_size=400).map(np.array), st.integers(10, 40))
def test_a_coarser_thinning_is_part_of_a_finer_one(series: np.ndarray, bound: int) -> None:
    assert set(downsample(series, bound).tolist()) <= set(downsample(series, 2 * bound).tolist())


@given(st.integers(0, 40))
def test_appending_moves_no_point_of_a_full_bucket(more: int) -> None:
    series = np.random.default_rng(1).normal(size=1000 + more)
    # 1000 and 1040 points take the same bucket width of 16 at 150 points.
    before, after = downsample(series[:1000], 150), downsample(series, 150)
    full = 1000 // 16 * 16
    assert set(before[before < full].tolist()) == set(after[after < full].tolist())
