"""What a case consists of on this machine: a folder, a recipe, an environment, processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from process_scan import marked
from tiny_model import write_model, write_reviews
from trainer import training_interpreter
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.runs import store

from kill_matrix import plan
from kill_matrix.cases import Case, Moment

RECIPE = f"""\
task: text-classification
model: {{name_or_path: ./model}}
data:
  train: reviews.csv
  columns: {{text: review, label: sentiment}}
  split: {{validation: 0.2, seed: 1}}
train:
  max_steps: {plan.STEPS}
  per_device_train_batch_size: 4
  learning_rate: 1.0e-3
  logging_steps: 1
  save_steps: {plan.SAVE_EVERY}
accelerate: {{num_processes: %d}}
"""


def furnish(folder: Path, case: Case) -> Path:
    """Model, data and recipe in `folder`, and this process's environment for what it will start."""
    write_model(folder / "model")
    write_reviews(folder / "reviews.csv")
    recipe = folder / "matrix.train.yaml"
    recipe.write_text(RECIPE % case.ranks)
    tests = Path(__file__).parents[1]
    os.environ |= {
        plan.FOLDER_VARIABLE: str(folder),
        "PYTHONPATH": os.pathsep.join([str(tests / "kill_matrix" / "hooks"), str(tests)]),
        "OMP_NUM_THREADS": "1",
        **({plan.SLOW_VARIABLE: "1"} if case.moment is Moment.SAVING else {}),
    }
    return recipe


def python() -> str:
    """The training interpreter."""
    return str(training_interpreter().path)


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-P", "-m", "tunesmith", *map(str, words)]


def only_run(folder: Path) -> RunFolder:
    (run,) = store.runs_in(runs_home(folder))
    return run


def processes(folder: Path) -> set[int]:
    """All that was started by the case in `folder` and lives, this process apart."""
    return marked(str(folder), plan.FOLDER_VARIABLE) - {os.getpid()}
