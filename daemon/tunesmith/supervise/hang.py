"""When a run that lives does nothing any more: how long is too long. Pure.

What is compared is the silence of progress.jsonl with the pace of the run's own steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from tunesmith.core.run import Phase

TIMES = 20.0
"""How many usual steps a silence may last."""
LEAST = 60.0
"""Seconds that it may last however short the steps are: a file system or a neighbour can be slow."""
AGAIN = 3.0
"""How many times as long as one that was over by itself, like an evaluation that nobody is told of."""
BEFORE_STEPS = 1800.0
"""Seconds without a word before there is a pace: data is prepared, weights are read, code is compiled."""

_BEFORE_STEPS = (Phase.STARTING.value, Phase.LOADING.value)


def longest_silence(
    progress: Sequence[dict[str, Any]], survived: float = 0.0, asked: float | None = None
) -> float | None:
    """Seconds after which the run that said `progress` last is said to hang; None when it may be silent for
    ever, as while it evaluates, saves, stands in a debugger or is paused.

    `survived` is the longest silence so far that ended by itself, `asked` what the recipe sets for a step.
    """
    phase = progress[-1].get("phase") if progress else Phase.STARTING.value
    if phase in _BEFORE_STEPS:
        return BEFORE_STEPS
    if phase != Phase.TRAINING.value:
        return None
    usual = usual_step(progress)
    if usual is None:
        return BEFORE_STEPS
    return asked or max(LEAST, TIMES * usual, AGAIN * survived)


def usual_step(progress: Sequence[dict[str, Any]]) -> float | None:
    """Seconds of a step: the median of those between which nothing but training was told."""
    steps = [
        _seconds(before, after) / taken
        for before, after in _training(progress)
        if (taken := int(after.get("step", 0)) - int(before.get("step", 0))) > 0
    ]
    return median(steps) if steps else None


def longest_step(progress: Sequence[dict[str, Any]]) -> float:
    """Seconds of the longest silence between two of these lines in which nothing but training was told."""
    return max((_seconds(before, after) for before, after in _training(progress)), default=0.0)


Pair = tuple[dict[str, Any], dict[str, Any]]


def _training(progress: Sequence[dict[str, Any]]) -> list[Pair]:
    trains = Phase.TRAINING.value
    return [
        (before, after)
        for before, after in pairwise(progress)
        if before.get("phase") == after.get("phase") == trains and before.get("step")
    ]


def _seconds(before: dict[str, Any], after: dict[str, Any]) -> float:
    return float(after.get("time", 0.0)) - float(before.get("time", 0.0))
