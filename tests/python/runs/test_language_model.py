"""A language model on two ranks, from the recipe to a folder that loads."""

from __future__ import annotations

import json
from pathlib import Path

from tiny_tokenizer import CONFIG, write_story, write_tokenizer
from tunesmith.core.files import read_json
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from waiting import until

RECIPE = f"""\
task: causal-lm
model:
  config: {json.dumps(CONFIG)}
  tokenizer: ./tokenizer
data:
  train: story.txt
  split: {{validation: 0.2}}
  max_length: 8
train:
  max_steps: 4
  per_device_train_batch_size: 2
  logging_steps: 1
  eval_strategy: steps
  eval_steps: 4
  save_strategy: "no"
accelerate: {{num_processes: 2}}
"""


def test_two_ranks_train_one_model(workspace: Path, trainer: Interpreter) -> None:
    write_tokenizer(workspace / "tokenizer")
    write_story(workspace / "story.txt")
    recipe = workspace / "story.train.yaml"
    recipe.write_text(RECIPE)
    run = control.start(recipe, trainer)
    view = until(
        "it has ended", lambda: view if (view := store.look(run)).state in ("ended", "lost") else None, 300.0
    )
    log = run.attempt(1).rank_log(0).read_text()
    assert (view.cause, view.step, view.total_steps, view.world_size) == ("finished", 4, 4, 2), log[-2000:]
    assert set(view.metrics or {}) == {"eval_loss", "eval_perplexity"}
    assert "ranks: 2" in log
    config = read_json(run.checkpoints / "final" / "config.json")
    assert config is not None
    assert config["architectures"] == ["LlamaForCausalLM"]
