"""`ddp_timeout` holds on CPUs, too: a rank that waits for one that is frozen gives up in time."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from machines.runs import ended, when
from tiny_model import write_model, write_reviews
from training import write_recipe
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control

pytestmark = pytest.mark.long

GAVE_UP = ("Timed out waiting 10000ms", "Application timeout caused pair closure")
"""What gloo says: of the operation that waited too long, and of one that came to it just then."""


def test_a_rank_waits_as_long_as_the_recipe_says(tmp_path: Path, trainer: Interpreter) -> None:
    write_model(tmp_path / "model")
    write_reviews(tmp_path / "reviews.csv")
    run = control.start(write_recipe(tmp_path, ranks=2, more="ddp_timeout: 10"), trainer)
    view = when(run, "steps", lambda view: view.step > 2)

    os.kill(view.ranks[1].pid, signal.SIGSTOP)

    assert ended(run).cause in ("failed", "signalled")  # The launcher may have to kill the frozen one.
    error = read_json(run.attempt(1).rank_error(0)) or {}
    assert any(words in str(error.get("message")) for words in GAVE_UP)
