"""The sections that describe one training: `task:`, `model:`, `train:`, `accelerate:`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tunesmith.core.section import Marker, marked
from tunesmith.stages.data.config import DataConfig

RUN_OWNS: Mapping[str, str] = {
    "output_dir": "checkpoints go into the folder of the run",
    "logging_dir": "metrics go into the folder of the run",
    "report_to": "metrics are written for TensorBoard, which Tunesmith reads",
}
"""The keys of `train:` that every run sets itself, and what it does with them."""


class Task(str, enum.Enum):
    """What the model learns to do; it picks the AutoModel class, the collator and the metrics."""

    TEXT_CLASSIFICATION = "text-classification"
    CAUSAL_LM = "causal-lm"


@dataclass(frozen=True)
class ModelConfig:
    """The model that training starts from: a pretrained one, or a new one from a config."""

    name_or_path: str | None = marked(Marker(path="model", examples=("./models/my-model",)), default=None)
    """A model folder relative to the recipe, or a hub id that is in the local cache."""
    config: Mapping[str, Any] = marked(
        Marker(library="transformers:PreTrainedConfig"), default_factory=dict[str, Any]
    )
    """Start from random weights instead: `model_type`, and the keys of its config class in transformers,
    verbatim. Sizes and ids of the vocabulary are the tokenizer's where they are not given."""
    load: Mapping[str, Any] = field(default_factory=dict[str, Any], metadata={"internal": True})
    """What other people's trainings load their model with: keyword arguments of `from_pretrained`."""
    tokenizer: str | None = marked(Marker(path="model", examples=("./tokenizer",)), default=None)
    """A folder with a tokenizer, or a hub id that is in the local cache. Default: that of the model."""
    distributed_config: Mapping[str, Any] = marked(
        Marker(library="transformers:DistributedConfig"), default_factory=dict[str, Any]
    )
    """Load the model in parts, one a rank: the keys of transformers.DistributedConfig, verbatim. `tp_size: 2`
    cuts each layer in two (tensor parallel); its ranks train on the same batches."""


@dataclass(frozen=True)
class EarlyStopping:
    """When an evaluation metric counts as no longer getting better: transformers' EarlyStoppingCallback."""

    metric: str = marked(Marker(examples=("eval_loss",)), default="eval_loss")
    """What is looked at after each evaluation, unless `train.metric_for_best_model` names it. Whether more of
    it is better, `train.greater_is_better` says; without that only a loss is better when it is less."""
    patience: int = 3
    """How many evaluations in a row may bring nothing better."""
    threshold: float = 0.0
    """How much better is better."""


@dataclass(frozen=True)
class Pipeline:
    """The layers of a model split into stages, one a rank: torch.distributed.pipelining."""

    stages: int
    """How many; as many processes are launched."""
    microbatches: int = 4
    """Into how many parts a batch is cut, so that the stages work at the same time."""
    schedule: Literal["1F1B", "GPipe"] = "1F1B"
    """In which order: one forward, one backward in turn, or all forwards first, which takes more memory."""


@dataclass(frozen=True)
class TrainStage:
    """All that `stages.train.main` is given."""

    task: Task
    """What the model learns to do."""
    model: ModelConfig
    """The model that training starts from."""
    data: DataConfig
    """What it learns from."""
    peft: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Keys of peft.LoraConfig, verbatim; empty: the whole model is trained."""
    train: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Keys of transformers.TrainingArguments, verbatim."""
    accelerate: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Keys of an accelerate config file, verbatim."""
    early_stopping: EarlyStopping | None = None
    """When to end because nothing gets better any more."""
    deepspeed: str | Mapping[str, Any] | None = marked(Marker(path="file", suffixes=(".json",)), default=None)
    """A DeepSpeed config file, or its keys."""
    pipeline: Pipeline | None = None
    """Into which stages the model is split."""
    dry_run: bool = False
    """Tell of the first step, and keep nothing."""
