"""Whole recipes to start from, offered in a file with nothing in it. `${1:text}` is a place to fill in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    label: str
    documentation: str
    text: str


SNIPPETS = (
    Snippet(
        "Text classifier",
        "Fine-tune a pretrained model to tell labels of texts.",
        """\
task: text-classification
model:
  name_or_path: ${1:./models/my-model}
data:
  train: ${2:data/train.csv}
  columns:
    text: ${3:text}
    label: ${4:label}
  split:
    validation: 0.1
train:
  num_train_epochs: ${5:3}
  per_device_train_batch_size: ${6:16}
  learning_rate: ${7:5.0e-5}
  eval_strategy: epoch
  save_strategy: epoch
""",
    ),
    Snippet(
        "Language model with LoRA",
        "Fine-tune small adapters of a pretrained language model on your own text.",
        """\
task: causal-lm
model:
  name_or_path: ${1:./models/my-model}
data:
  train: ${2:data/train.txt}
  split:
    validation: 0.1
  max_length: ${3:512}
peft:
  r: ${4:8}
  lora_alpha: ${5:16}
  target_modules: ${6:all-linear}
train:
  num_train_epochs: ${7:1}
  per_device_train_batch_size: ${8:4}
  learning_rate: ${9:2.0e-4}
  eval_strategy: epoch
  save_strategy: epoch
""",
    ),
    Snippet(
        "Own script",
        "Run a training script of your own.",
        """\
script: ${1:train.py}
args:
  ${2:learning_rate}: ${3:3.0e-4}
accelerate:
  num_processes: ${4:1}
""",
    ),
)
