"""What a case consists of on this machine: a folder, a recipe, an environment, processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from process_scan import marked
from tiny_model import write_model, write_reviews
from trainer import training_interpreter
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.runs import store

from kill_matrix import plan, victims
from kill_matrix.cases import Case, Moment, Start

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


HELD_LATE = (Start.PARKED, Moment.LOADING)


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
        # A parked start is for a launch with the same environment, and a daemon under test has this in its.
        "PYTHONFAULTHANDLER": "1",
        **({plan.SLOW_VARIABLE: "1"} if case.moment is Moment.SAVING else {}),
        **({plan.LATE_VARIABLE: "1"} if (case.start, case.moment) == HELD_LATE else {}),
    }
    return recipe


def python() -> str:
    """The training interpreter."""
    return str(training_interpreter().path)


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-P", "-m", "tunesmith", *map(str, words)]


async def said(*words: str | Path) -> bytes:
    """What `tunesmith` printed when it was given these words."""
    done = await asyncio.to_thread(subprocess.run, command(*words), capture_output=True, check=True)
    return done.stdout


def only_run(folder: Path) -> RunFolder:
    (run,) = store.runs_in(runs_home(folder))
    return run


def processes(folder: Path) -> set[int]:
    """All that was started by the case in `folder` and lives, this process apart."""
    return marked(str(folder), plan.FOLDER_VARIABLE) - {os.getpid()}


def only_the_run(folder: Path, run: RunFolder) -> bool:
    """Whether nothing else lives that was started by the case."""
    return processes(folder) <= victims.in_session(run) | {victims.supervisor(run) or 0}
