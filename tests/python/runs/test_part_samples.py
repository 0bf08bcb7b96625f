"""The samples of DeepSpeed and of a pipeline, with fewer steps, as they stand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from parts import ended, loaded_loss, said
from trainer import REPOSITORY
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control

SAMPLES = REPOSITORY / "samples"


@pytest.mark.long
@pytest.mark.parametrize(("name", "way"), [("zero2", "ZeRO stage 2"), ("pipeline", "pipeline")])
def test_a_sample_trains_in_parts(name: str, way: str, workspace: Path, trainer: Interpreter) -> None:
    shutil.copytree(SAMPLES / "in-parts", workspace / "in-parts", ignore=shutil.ignore_patterns(".tunesmith"))
    (workspace / "story-lm").symlink_to(SAMPLES / "story-lm")
    recipe = workspace / "in-parts" / f"{name}.train.yaml"
    text = re.sub(r"(max_steps|save_steps|eval_steps): \d+", r"\1: 6", recipe.read_text())
    recipe.write_text(text)
    run = control.start(recipe, trainer)
    view = ended(run)
    assert (view.cause, view.step) == ("finished", 6), said(run)
    for rank in (0, 1):
        seen = read_json(run.attempt(1).rank_parts(rank)) or {}
        assert seen["way"] == way
        assert seen["here"] < seen["parameters"] * 0.7
    state = read_json(run.checkpoints / "checkpoint-6" / "trainer_state.json") or {}
    losses = [one["loss"] for one in state["log_history"] if "loss" in one]
    assert losses[-1] < losses[0] < 9
    assert loaded_loss(trainer, run.checkpoints / "final") > 0
