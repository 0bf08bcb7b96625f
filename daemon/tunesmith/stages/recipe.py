"""The recipe: one experiment, one file. Section names are ours; keys in library sections the library's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunesmith.core.section import Marker, marked
from tunesmith.stages.data.config import DataConfig
from tunesmith.stages.train.config import ModelConfig, Task

SUFFIX = ".train.yaml"


@dataclass(frozen=True)
class Recipe:
    """The values of a recipe as far as they could be read: what is missing or wrong is None."""

    format: int = 1
    """The version of the recipe language."""
    task: Task | None = None
    """What the model learns to do; it picks the AutoModel class, the collator and the metrics."""
    model: ModelConfig | None = None
    """The model that training starts from."""
    data: DataConfig | None = None
    """What the model learns from."""
    train: Mapping[str, Any] = marked(
        Marker(library="transformers:TrainingArguments"), default_factory=dict[str, Any]
    )
    """How it is trained: the keys of transformers.TrainingArguments, verbatim."""
    accelerate: Mapping[str, Any] = marked(
        Marker(library="accelerate:ClusterConfig"), default_factory=dict[str, Any]
    )
    """How processes are launched: the keys of an accelerate config file, verbatim."""
    written: frozenset[str] = field(default=frozenset(), metadata={"internal": True})
    """The top-level keys that stand in the file."""


REQUIRED = ("task", "model", "data")
