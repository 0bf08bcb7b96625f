"""DeepSpeed's ZeRO-2 on two ranks of a CPU: each keeps half of the optimizer's state."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from parts import ended, loaded_loss, said
from tiny_tokenizer import CONFIG, write_story, write_tokenizer
from trainer import REPOSITORY
from tunesmith.core.checkpoints import last_checkpoint
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.proof import proof_of
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, resume

RECIPE = """\
task: causal-lm
model:
  config: {config}
  tokenizer: ./tokenizer
data:
  train: story.txt
  max_length: 8
train:
  max_steps: 6
  per_device_train_batch_size: {batch}
  learning_rate: 1.0e-2
  logging_steps: 1
  save_steps: 3
  seed: 5
{more}
"""
ZERO = "deepspeed: ds.json\naccelerate: {num_processes: 2}"
DS = {
    "zero_optimization": {"stage": 2},
    "train_micro_batch_size_per_gpu": "auto",
    "gradient_accumulation_steps": "auto",
    "gradient_clipping": "auto",
}


def write(folder: Path, name: str, batch: int, more: str) -> Path:
    if not (folder / "story.txt").exists():
        write_tokenizer(folder / "tokenizer")
        write_story(folder / "story.txt")
        (folder / "ds.json").write_text(json.dumps(DS))
    recipe = folder / f"{name}.train.yaml"
    recipe.write_text(RECIPE.format(config=json.dumps(CONFIG), batch=batch, more=more))
    return recipe


def curve(run: RunFolder) -> dict[int, float]:
    """The loss of each step, as the last checkpoint remembers it."""
    state = read_json(run.checkpoints / "checkpoint-6" / "trainer_state.json")
    assert state is not None
    return {one["step"]: one["loss"] for one in state["log_history"] if "loss" in one}


def test_two_ranks_share_the_optimizer(workspace: Path, trainer: Interpreter) -> None:
    run = control.start(write(workspace, "zero", 2, ZERO), trainer)
    view = ended(run)
    assert (view.cause, view.step, view.world_size) == ("finished", 6, 2), said(run)
    for rank in (0, 1):
        seen = read_json(run.attempt(1).rank_parts(rank))
        assert seen is not None
        assert seen["way"] == "ZeRO stage 2"
        assert seen["parameters"] / 2 <= seen["here"] < seen["parameters"] * 0.6
    spec = RunSpec.from_json(run.spec.read_text())
    saved = last_checkpoint(run, spec)
    assert saved is not None
    assert (saved.step, saved.torn, saved.label) == (6, None, "exact")
    states = sorted(saved.path.rglob("*_optim_states.pt"))
    assert len(states) == 2
    # Numbers of 4 bytes: the weights themselves and two moments, of half of the parameters.
    whole = 3 * 4 * seen["parameters"]
    assert all(whole / 2 < state.stat().st_size < whole * 0.9 + 20_000 for state in states)
    assert (run.checkpoints / "final" / "model.safetensors").is_file()
    learnt = curve(run)
    assert learnt[6] < learnt[1]


@pytest.mark.long
def test_it_learns_what_plain_ranks_learn_and_resumes(workspace: Path, trainer: Interpreter) -> None:
    plain = control.start(write(workspace, "plain", 2, "accelerate: {num_processes: 2}"), trainer)
    assert ended(plain).cause == "finished", said(plain)
    run = control.start(write(workspace, "zero", 2, ZERO), trainer)
    assert ended(run).cause == "finished", said(run)
    expected, found = curve(plain), curve(run)
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert all(found[step] == pytest.approx(expected[step], rel=1e-3) for step in found)

    child = resume.resume_as_new(run, trainer, "3")
    assert ended(child).cause == "finished", said(child)
    again = curve(child)
    assert [again[step] for step in (4, 5, 6)] == [found[step] for step in (4, 5, 6)]
    proof = proof_of(read_json(child.attempt(1).proof(1)) or {})
    assert (proof.label, proof.reason) == ("exact", None)
    one, two = (loaded_loss(trainer, each.checkpoints / "final") for each in (plain, child))
    assert two == pytest.approx(one, rel=1e-3)


@pytest.mark.long
def test_the_third_stage_partitions_the_weights_too(workspace: Path, trainer: Interpreter) -> None:
    zero = {"stage": 3, "stage3_gather_16bit_weights_on_model_save": True}
    inline = f"deepspeed: {json.dumps({**DS, 'zero_optimization': zero})}\naccelerate: {{num_processes: 2}}"
    run = control.start(write(workspace, "third", 2, inline), trainer)
    assert ended(run).cause == "finished", said(run)
    seen = read_json(run.attempt(1).rank_parts(1)) or {}
    assert seen["way"] == "ZeRO stage 3"
    assert seen["here"] < seen["parameters"] * 0.6
    assert loaded_loss(trainer, run.checkpoints / "final") > 0


@pytest.mark.long
def test_a_run_without_it_never_imports_it(trainer: Interpreter) -> None:
    program = """
from tunesmith.stages.train.config import ModelConfig, Task, TrainStage
from tunesmith.stages.train.main import zero
from tunesmith.stages.data.config import DataConfig
assert zero.begin(TrainStage(Task.CAUSAL_LM, ModelConfig("m"), DataConfig("d"))) == {}
from accelerate.utils import is_deepspeed_available
assert not is_deepspeed_available()
"""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "daemon")}
    subprocess.run([trainer.path, "-c", program], env=environment, check=True)
