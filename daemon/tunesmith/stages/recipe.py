"""The recipe: one experiment, one file. Section names are ours; keys in library sections the library's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tunesmith.core.section import Marker, marked
from tunesmith.stages.data.config import DataConfig
from tunesmith.stages.run_policy import RunPolicy
from tunesmith.stages.script.config import ScriptStage
from tunesmith.stages.train.config import ModelConfig, Pipeline, Task, TrainStage

SUFFIX = ".train.yaml"
FORMAT = 1


@dataclass(frozen=True)
class Recipe:
    """The values of a recipe as far as they could be read: what is missing or wrong is None."""

    format: int = FORMAT
    """The version of the recipe language."""
    task: Task | None = None
    """What the model learns to do; it picks the AutoModel class, the collator and the metrics."""
    model: ModelConfig | None = None
    """The model that training starts from."""
    data: DataConfig | None = None
    """What the model learns from."""
    peft: Mapping[str, Any] = marked(Marker(library="peft:LoraConfig"), default_factory=dict[str, Any])
    """Train small adapters instead of the whole model: the keys of peft.LoraConfig, verbatim."""
    train: Mapping[str, Any] = marked(
        Marker(library="transformers:TrainingArguments"), default_factory=dict[str, Any]
    )
    """How it is trained: the keys of transformers.TrainingArguments, verbatim."""
    script: str | None = marked(Marker(path="file", examples=("train.py",), suffixes=(".py",)), default=None)
    """Run a training script of your own instead of the built-in training, as `python train.py` would."""
    module: str | None = None
    """Run a module of your own, as `python -m package.train` would from the recipe's folder."""
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The script's arguments: `key: value` becomes `--key value`, `key: true` becomes `--key`, a list several
    values; null and false leave the argument out. `{run}` stands for the folder of the run, `{resume}`
    for that of the checkpoint that a resumed run goes on from: without one the argument is left out."""
    accelerate: Mapping[str, Any] = marked(
        Marker(library="accelerate:ClusterConfig"), default_factory=dict[str, Any]
    )
    """How processes are launched: the keys of an accelerate config file, verbatim."""
    deepspeed: str | Mapping[str, Any] | None = marked(
        Marker(path="file", examples=("ds_zero2.json",), suffixes=(".json",)), default=None
    )
    """Train with DeepSpeed: a DeepSpeed config file beside the recipe, or its keys, verbatim. `auto` stands
    for what `train` says."""
    pipeline: Pipeline | None = None
    """Split the layers of a language model into stages, one a process."""
    run: RunPolicy | None = None
    """When the run starts, when it ends by itself, and what follows a crash."""
    target: str | None = marked(
        Marker(path="file", examples=("a100.json",), suffixes=(".json", ".yaml", ".yml")), default=None
    )
    """Where it will train, for a recipe that is written on another machine: a profile (JSON or YAML) of that
    machine's packages, GPUs and memory. It stands for this one while the recipe is checked; a run that is
    started here is checked against this one."""
    dry_run: bool = field(default=False, metadata={"internal": True})
    """Whether this is asked for a look at the first step alone."""
    written: frozenset[str] = field(default=frozenset(), metadata={"internal": True})
    """The top-level keys that stand in the file."""

    @property
    def program(self) -> str:
        """The user's own script or module, as it is written; "" without one."""
        return self.script or self.module or ""


BUILT_IN = ("task", "model", "data")
"""What the built-in training cannot do without."""

OWN = ("script", "module")
"""Either of them makes a recipe run code of the user's."""


def required(written: Collection[str]) -> tuple[str, ...]:
    """The sections that may not be missing beside those that stand in the file."""
    return () if set(OWN) & set(written) else BUILT_IN


def stage_of(recipe: Recipe) -> tuple[str, TrainStage | ScriptStage]:
    """The name of the stage that a recipe runs, and its configuration. ValueError when parts are missing."""
    if recipe.script is not None or recipe.module is not None:
        return "script", ScriptStage(recipe.script, recipe.module, recipe.args)
    if recipe.task is None or recipe.model is None or recipe.data is None:
        raise ValueError("The recipe lacks task, model or data; a check would have refused it")
    return "train", TrainStage(
        recipe.task,
        recipe.model,
        recipe.data,
        recipe.peft,
        recipe.train,
        recipe.accelerate,
        recipe.run.early_stopping if recipe.run else None,
        recipe.deepspeed,
        recipe.pipeline,
        recipe.dry_run,
    )
