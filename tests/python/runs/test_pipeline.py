"""A pipeline of two stages on two ranks of a CPU: each trains its own layers, together one model."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from parts import ended, loaded_loss, said
from tiny_tokenizer import CONFIG, write_story, write_tokenizer
from tunesmith.core.checkpoints import last_checkpoint
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.proof import proof_of
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, resume, store
from waiting import until

RECIPE = """\
task: causal-lm
model:
  config: {config}
  tokenizer: ./tokenizer
data:
  train: story.txt
  max_length: 8
train:
  max_steps: {steps}
  per_device_train_batch_size: 4
  gradient_accumulation_steps: 2
  learning_rate: 1.0e-2
  logging_steps: 1
  save_steps: 3
  seed: 5
{more}
"""
MODEL = {**CONFIG, "num_hidden_layers": 3, "tie_word_embeddings": False}
PIPELINE = "pipeline: {stages: 2, microbatches: 2}\naccelerate: {num_processes: 2}"


def write(folder: Path, name: str, more: str, steps: int = 6) -> Path:
    if not (folder / "story.txt").exists():
        write_tokenizer(folder / "tokenizer")
        write_story(folder / "story.txt")
    recipe = folder / f"{name}.train.yaml"
    recipe.write_text(RECIPE.format(config=json.dumps(MODEL), more=more, steps=steps))
    return recipe


def logged(run: RunFolder) -> dict[int, dict[str, float]]:
    """By step: loss and the norm of the gradient, as the last checkpoint remembers them."""
    state = read_json(run.checkpoints / "checkpoint-6" / "trainer_state.json")
    assert state is not None
    return {one["step"]: one for one in state["log_history"] if "loss" in one}


def weights(folder: Path) -> set[str]:
    with open(folder / "model.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return set(json.loads(file.read(length))) - {"__metadata__"}


def test_two_stages_train_one_model(workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write(workspace, "pipe", PIPELINE), trainer)
    view = ended(run)
    assert (view.cause, view.step, view.world_size) == ("finished", 6, 2), said(run)
    parts = [read_json(run.attempt(1).rank_parts(rank)) or {} for rank in (0, 1)]
    assert [part["layers"] for part in parts] == [[0, 2], [2, 3]]
    assert sum(part["here"] for part in parts) == parts[0]["parameters"]
    saved = last_checkpoint(run, RunSpec.from_json(run.spec.read_text()))
    assert saved is not None
    assert (saved.step, saved.torn, saved.label) == (6, None, "exact")
    for folder in (saved.path, run.checkpoints / "final"):
        names = weights(folder)
        assert {f"model.layers.{index}.mlp.up_proj.weight" for index in range(3)} <= names
        assert {"model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"} <= names
    steps = logged(run)
    assert steps[6]["loss"] < steps[1]["loss"]


@pytest.mark.long
def test_it_learns_what_one_process_learns_and_resumes(workspace: Path, trainer: Interpreter) -> None:
    alone = control.start(write(workspace, "alone", ""), trainer)
    assert ended(alone).cause == "finished", said(alone)
    run = control.start(write(workspace, "pipe", PIPELINE), trainer)
    assert ended(run).cause == "finished", said(run)
    expected, found = logged(alone), logged(run)
    for step in range(1, 7):
        assert found[step]["loss"] == pytest.approx(expected[step]["loss"], rel=1e-3)
        assert found[step]["grad_norm"] == pytest.approx(expected[step]["grad_norm"], rel=1e-3)
    child = resume.resume_as_new(run, trainer, "3")
    assert ended(child).cause == "finished", said(child)
    again = logged(child)
    assert [again[step]["loss"] for step in (4, 5, 6)] == [found[step]["loss"] for step in (4, 5, 6)]
    proof = proof_of(read_json(child.attempt(1).proof(1)) or {})
    assert (proof.label, proof.reason) == ("exact", None)
    final = run.checkpoints / "final"
    assert loaded_loss(trainer, final) == pytest.approx(
        loaded_loss(trainer, alone.checkpoints / "final"), rel=1e-3
    )


@pytest.mark.long
def test_a_stop_saves_the_whole_model(workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write(workspace, "pipe", PIPELINE, steps=1_000_000), trainer)
    until("some steps", lambda: (store.look(run).step or 0) > 4, 300.0)
    control.stop(run, force=False, by="the test")
    view = ended(run)
    assert view.cause == "stopped", said(run)
    saved = last_checkpoint(run, RunSpec.from_json(run.spec.read_text()))
    assert saved is not None
    assert (saved.step, saved.torn, saved.label) == (view.step, None, "exact")
    assert loaded_loss(trainer, saved.path) > 0
