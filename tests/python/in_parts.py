"""A tiny language model on two CPU ranks, cut into parts in every way that the built-in training knows."""

from __future__ import annotations

import json
import math
import random
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiny_tokenizer import CONFIG
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView
from waiting import until

PATIENCE = 300.0
STEPS, SAVED = 8, 4
RECIPE = """\
task: causal-lm
model:
  config: {config}
  tokenizer: ./tokenizer
  {model}
data:
  train: story.txt
  split: {{validation: 0.2}}
  max_length: 8
train:
  max_steps: {steps}
  per_device_train_batch_size: {batch}
  per_device_eval_batch_size: 3
  learning_rate: 1.0e-2
  eval_strategy: steps
  eval_steps: {saved}
  logging_steps: 1
  save_strategy: steps
  save_steps: {saved}
  fsdp: {fsdp}
accelerate: {accelerate}
"""
FSDP = "num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 2, fsdp_state_dict_type: %s}"
WAYS = {
    "fsdp": {"batch": 2, "accelerate": "{" + FSDP % "FULL_STATE_DICT" + "}"},
    "sharded": {"batch": 2, "accelerate": "{" + FSDP % "SHARDED_STATE_DICT" + "}"},
    "arguments": {"batch": 2, "fsdp": "true", "accelerate": "{num_processes: 2}"},
    "tensor": {
        "batch": 4,
        "model": "distributed_config: {tp_size: 2}",
        "accelerate": "{num_processes: 2}",
    },
    "plain": {"batch": 4, "accelerate": "{num_processes: 1}"},
}
"""Each takes four blocks of tokens a step. FSDP reads a batch a rank, tensor parallel one for both."""
MODEL = {**CONFIG, "vocab_size": 12}
"""Words for two ranks alike."""


def write_varied_story(file: Path) -> None:
    """60 lines of 4 words, each block of eight another one, so that it shows who reads what."""
    draw = random.Random(0)
    words = ("a", "very", "good", "bad", "film", "plot")
    file.write_text("".join(" ".join(draw.choices(words, k=4)) + "\n" for _ in range(60)))


@dataclass
class Place:
    """A folder with a recipe a way; a run of each, started when it is first asked for."""

    folder: Path
    trainer: Interpreter
    runs: dict[str, RunFolder]

    def recipe(self, way: str, **more: Any) -> Path:
        path = self.folder / f"{way}.train.yaml"
        values: dict[str, Any] = {
            "model": "",
            "fsdp": '""',
            "steps": STEPS,
            "saved": SAVED,
            **WAYS[way],
            **more,
        }
        path.write_text(RECIPE.format(config=json.dumps(MODEL), **values))
        return path

    def run(self, way: str) -> RunFolder:
        """Finished."""
        if way not in self.runs:
            self.runs[way] = control.start(self.recipe(way), self.trainer)
        finished(self.runs[way])
        return self.runs[way]


def ended(run: RunFolder) -> RunView:
    def look() -> RunView | None:
        view = store.look(run)
        return view if view.state in ("ended", "lost") else None

    return until("it has ended", look, PATIENCE)


def finished(run: RunFolder) -> None:
    view = ended(run)
    assert view.cause == "finished", (view.message, view.log and Path(view.log).read_text()[-3000:])


def losses(run: RunFolder, name: str = "loss") -> dict[int, float]:
    state = read_json(run.checkpoints / f"checkpoint-{STEPS}" / "trainer_state.json") or {}
    return {each["step"]: each[name] for each in state["log_history"] if name in each}


def parts(run: RunFolder) -> list[dict[str, Any]]:
    found = [read_json(run.attempt(1).rank_parts(rank)) for rank in (0, 1)]
    assert None not in found
    return [each for each in found if each]


def saved_numbers(weights: Path) -> int:
    """How many numbers a safetensors file holds, by its header."""
    with open(weights, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    return sum(math.prod(each["shape"]) for name, each in header.items() if name != "__metadata__")
