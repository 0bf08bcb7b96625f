"""A run on its way to a client."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import replace
from typing import Any, cast

import pytest
from tunesmith.runs.view import RunView
from tunesmith.server.messages.base import to_wire
from tunesmith.server.run_view import to_run, to_runs

VIEW = RunView("1", "tiny", "/f", "/r", "running", 5.0, phase="training", loss=0.5, metrics={"eval_f1": 0.7})


def test_the_fields_are_those_of_the_wire() -> None:
    told = to_wire(to_run(VIEW))
    assert (told["id"], told["phase"], told["loss"], told["metrics"]) == (
        "1",
        "training",
        0.5,
        {"eval_f1": 0.7},
    )
    assert told["secondsLeft"] is None


@pytest.mark.parametrize("strange", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_does_not_break_the_wire(strange: float) -> None:
    told = to_wire(to_run(replace(VIEW, loss=strange, metrics={"eval_loss": strange, "eval_f1": 0.1})))
    assert json.loads(json.dumps(told, allow_nan=False))["loss"] is None
    assert told["metrics"] == {"eval_f1": 0.1}


def test_a_run_that_cannot_be_told_costs_nobody_the_others(caplog: pytest.LogCaptureFixture) -> None:
    odd = replace(VIEW, id="2", metrics=cast(dict[str, Any], {"eval_f1": "high"}))
    with caplog.at_level(logging.WARNING):
        assert [run.id for run in to_runs([odd, VIEW])] == ["1"]
    assert "left out" in caplog.text
