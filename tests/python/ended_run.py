"""Runs that have ended, made as every run is made, in a real repository: nothing is trained.

As a program it makes two of them in FOLDER, between which recipe, code and result changed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import record_data
from tunesmith.runs.create import create
from tunesmith.runs.machine import Machine
from tunesmith.stages.recipe import Recipe
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse

# How busy the machine is must not make two equal runs different.
record_data.LIMIT = 60.0

RECIPE = """\
task: text-classification
model: {{name_or_path: ./model}}
data:
  train: reviews.csv
  columns: {{text: review, label: sentiment}}
train:
  max_steps: 100
  learning_rate: {rate}
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def repository(folder: Path) -> Path:
    """A repository with `train.py`, a recipe and its data, all of it committed."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("rate = 1\n")
    (folder / "reviews.csv").write_text("review,sentiment\ngood,1\n")
    write_recipe(folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


def write_recipe(folder: Path, rate: str = "5.0e-5") -> Path:
    path = folder / "tiny.train.yaml"
    path.write_text(RECIPE.format(rate=rate))
    return path


def new_run(recipe: Path, site_packages: tuple[Path, ...] = ()) -> RunFolder:
    """A run that was made and not started."""
    text = recipe.read_text()
    python = Interpreter(Path("/env/bin/python"), Path("/env"), site_packages, "3.12")
    value = bind(parse(text), Recipe).value
    return create(recipe, text, value, python, Path("/data/runtime/1f"), Machine(2, 0), {})


def ended_run(recipe: Path, f1: float = 0.9, site_packages: tuple[Path, ...] = ()) -> RunFolder:
    """A run that finished after 100 steps."""
    run = new_run(recipe, site_packages)
    attempt = run.attempt(1)
    created = json.loads(run.spec.read_text())["created"]
    progress = {
        "time": created + 60,
        "attempt": 1,
        "phase": "training",
        "step": 100,
        "total_steps": 100,
        "epoch": 2.0,
        "loss": 0.25,
        "metrics": {"eval_f1": f1, "eval_loss": 0.3},
    }
    run.progress.write_text(json.dumps(progress) + "\n")
    write_json(attempt.started, {"time": created, "pid": 1, "argv": []})
    write_json(attempt.exit, {"time": created + 61, "code": 0, "cause": "finished"})
    return run


def main(folder: Path) -> None:
    recipe = repository(folder) / "tiny.train.yaml"
    ended_run(recipe, f1=0.87)
    (folder / "train.py").write_text("rate = 2\nsteps = 3\n")
    ended_run(write_recipe(folder, "1.0e-4"), f1=0.93)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
