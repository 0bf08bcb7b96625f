"""What a task makes of a recipe: all that differs between trainings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from transformers import PreTrainedModel, Trainer


@dataclass(frozen=True)
class Prepared:
    """What Trainer is given. `about` says in a line what there is to learn from."""

    model: PreTrainedModel
    train: Dataset
    validation: Dataset | None
    collator: Callable[[list[dict[str, Any]]], Any]
    about: str
    compute_metrics: Callable[[Any], dict[str, float]] | None = None
    trainer: type[Trainer] = Trainer
