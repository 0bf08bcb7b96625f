"""What the section `run:` becomes, and the pace of a run that was paused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.core import duration
from tunesmith.core.policy import Policy, policy_of
from tunesmith.core.run import Phase, Progress
from tunesmith.runs.remaining import steps_per_second
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import resolved
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse


def policy(text: str) -> Policy:
    bound = bind(parse(text), Recipe)
    assert bound.findings == ()
    return policy_of(resolved(bound.value.run))


def test_a_recipe_without_the_section_starts_at_once_and_ends_by_itself() -> None:
    assert policy("script: train.py\n") == Policy()
    assert policy_of({}) == Policy(), "a run that is older than the section"


def test_lengths_of_time_are_seconds() -> None:
    found = policy("run: {time_limit: 1h30m, restart: {backoff: 5m}, queue: true, priority: -2, slots: 2}\n")
    assert found == Policy(True, -2, 2, 5400.0, restarts=3, backoff=300.0)


@pytest.mark.parametrize("text", ["", "4", "four hours", "4 weeks", "-1h", "0s", "1h!", "h"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        duration.seconds(text)


@given(st.integers(0, 30), st.integers(0, 23), st.integers(0, 59), st.integers(1, 59))
def test_a_length_is_the_sum_of_its_parts(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"{days}d {hours}h{minutes}m {seconds}s"
    assert duration.seconds(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@pytest.mark.parametrize(
    ("seconds", "words"), [(14400, "4 h"), (90, "1 min 30 s"), (0.5, "0.5 s"), (2, "2 s"), (90000, "1 d 1 h")]
)
def test_a_length_for_people(seconds: float, words: str) -> None:
    assert duration.words(seconds) == words


def test_a_pause_is_no_pace() -> None:
    def at(time: float, step: int, phase: Phase = Phase.TRAINING) -> Progress:
        return Progress(time, 1, phase, step)

    before = [at(0, 1), at(10, 11), at(10, 11, Phase.PAUSED)]
    assert steps_per_second([*before, at(60, 11), at(62, 13)]) == 1.0
    assert steps_per_second(before) is None
