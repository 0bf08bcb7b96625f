"""A dry run: launched like any run, it makes one step on a slice of the data and keeps nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, store
from tunesmith.runs.supervisors import NotStarted
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import Engine
from tunesmith.stages.train.config import Task

LEAST_ROWS = 200
ROWS_A_BLOCK = 100
"""Of a text, that are sure to fill a block."""
ONE_STEP: Mapping[str, Any] = {
    "max_steps": 1,
    "logging_steps": 1,
    "save_strategy": "no",
    "load_best_model_at_end": False,
}
NO_EVALUATION = ("eval_strategy", "evaluation_strategy")


def start(recipe: Path, interpreter: Interpreter) -> RunFolder:
    """As `control.start`; NotStarted too for a recipe that has no such step."""
    recipe = recipe.absolute()
    text, checked = control.accept(recipe, interpreter)
    return control.launch_new(recipe, text, one_step(checked), interpreter, policy={"queue": False})


def one_step(recipe: Recipe) -> Recipe:
    """The same training, ending after its first step. Pure."""
    if recipe.data is None or recipe.script is not None or recipe.module is not None:
        raise NotStarted("A dry run makes a step of the built-in training, and this recipe runs a script.")
    if recipe.run is not None and recipe.run.engine is not Engine.LOCAL:
        raise NotStarted("A dry run trains on this machine, and this recipe on a cluster.")
    off = {key: "no" for key in NO_EVALUATION if key in recipe.train}
    train = {**recipe.train, **ONE_STEP, **off}
    train.pop("eval_on_start", None)
    rows = rows_needed(recipe)
    most = rows if recipe.data.max_rows is None else min(rows, recipe.data.max_rows)
    data = dataclasses.replace(recipe.data, max_rows=most)
    return dataclasses.replace(recipe, train=train, data=data, run=None, dry_run=True)


def rows_needed(recipe: Recipe) -> int:
    """Enough for a whole batch on each process, also when the split holds some back."""
    sizes = [recipe.train.get(key) for key in ("per_device_train_batch_size", "gradient_accumulation_steps")]
    sizes.append(recipe.accelerate.get("num_processes"))
    rows = 1
    for found, default in zip(sizes, (8, 1, 1), strict=True):
        rows *= found if isinstance(found, int) and found > 0 else default
    return max(LEAST_ROWS, 4 * rows * (ROWS_A_BLOCK if recipe.task is Task.CAUSAL_LM else 1))


def told(run: RunFolder) -> Mapping[str, Any] | None:
    """What its first process has written down; None when it did not come to that."""
    return read_json(store.last_attempt(run).dry_run)
