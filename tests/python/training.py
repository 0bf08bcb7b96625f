"""Recipes to train for a moment, and the end of what they started."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from process_scan import living
from tunesmith.core.layout import RunFolder

RECIPE = """\
task: text-classification
model: {{name_or_path: ./model}}
data:
  train: reviews.csv
  columns: {{text: review, label: sentiment}}
  split: {{validation: 0.2, seed: 1}}
train:
  max_steps: {steps}
  per_device_train_batch_size: 4
  logging_steps: 1
  save_strategy: "no"
  {more}
accelerate: {{num_processes: {ranks}}}
"""
ENDLESS = 1_000_000


def write_recipe(folder: Path, steps: int = ENDLESS, ranks: int = 1, more: str = "") -> Path:
    path = folder / "tiny.train.yaml"
    path.write_text(RECIPE.format(steps=steps, ranks=ranks, more=more))
    return path


def end(run: RunFolder) -> None:
    """Kill whatever lives of the run."""
    while left := living(run):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
