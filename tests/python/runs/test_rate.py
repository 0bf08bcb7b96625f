"""How fast a run steps, as a curve."""

from __future__ import annotations

from pathlib import Path

import pytest
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase
from tunesmith.metrics.reader import RunReader
from tunesmith.runtime.rate import TAG, StepRate


def curve(run: Path) -> list[tuple[int, float]]:
    reader = RunReader(run)
    reader.advance(0.0)
    if TAG not in reader.history.series:
        return []
    points = reader.history.series[TAG].points()
    return list(zip(points.steps.tolist(), points.values.tolist(), strict=True))


@pytest.fixture
def rate(tmp_path: Path) -> StepRate:
    return StepRate(RunFolder(tmp_path).attempt(1).events)


def test_a_point_a_second_however_fast_it_steps(rate: StepRate, tmp_path: Path) -> None:
    for step in range(1, 301):
        rate.saw(Phase.TRAINING, step, 100.0 + step / 100)
    assert curve(tmp_path) == [(101, pytest.approx(100)), (201, pytest.approx(100))]


def test_a_long_step_is_a_point(rate: StepRate, tmp_path: Path) -> None:
    for step in (1, 2, 3):
        rate.saw(Phase.TRAINING, step, 4.0 * step)
    assert curve(tmp_path) == [(2, 0.25), (3, 0.25)]


def test_an_evaluation_does_not_count(rate: StepRate, tmp_path: Path) -> None:
    rate.saw(Phase.TRAINING, 1, 0.0)
    rate.saw(Phase.TRAINING, 2, 0.5)
    rate.saw(Phase.EVALUATING, 2, 60.0)
    rate.saw(Phase.TRAINING, 3, 61.0)
    rate.saw(Phase.TRAINING, 5, 63.0)
    assert curve(tmp_path) == [(5, 1.0)]


def test_a_clock_that_is_set_back_begins_anew(rate: StepRate, tmp_path: Path) -> None:
    for step in range(1, 5):
        rate.saw(Phase.TRAINING, step, 7200.0 + step)
    for step in range(5, 8):
        rate.saw(Phase.TRAINING, step, 3600.0 + step)
    assert curve(tmp_path) == [(2, 1.0), (3, 1.0), (4, 1.0), (6, 1.0), (7, 1.0)]


def test_no_step_no_file(rate: StepRate, tmp_path: Path) -> None:
    rate.saw(Phase.TRAINING, 0, 0.0)
    rate.saw(Phase.TRAINING, 1, 10.0)
    rate.saw(Phase.TRAINING, 1, 20.0)
    assert not RunFolder(tmp_path).attempt(1).events.exists()
