"""THE table of tasks: what `task:` in a recipe picks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from transformers import PreTrainedTokenizerBase, TrainingArguments

from tunesmith.stages.train.config import Task, TrainStage
from tunesmith.stages.train.tasks import causal_lm, text_classification
from tunesmith.stages.train.tasks.prepared import Prepared

Prepare = Callable[[TrainStage, PreTrainedTokenizerBase, TrainingArguments], Prepared]

TASKS: Mapping[Task, Prepare] = {
    Task.TEXT_CLASSIFICATION: text_classification.prepare,
    Task.CAUSAL_LM: causal_lm.prepare,
}
