"""What a program's own Trainer tells: the same as the built-in training's, and that it saves when stopped."""

from __future__ import annotations

from typing import Any

from transformers import TrainerControl, TrainerState, TrainingArguments

from tunesmith.core.context import Context
from tunesmith.core.run import Promise
from tunesmith.stages.script.stopping import Stopping
from tunesmith.stages.train.reporter import Reporter


class ScriptReporter(Reporter):
    """One for all Trainers of the program."""

    def __init__(self, context: Context, stopping: Stopping) -> None:
        super().__init__(context)
        self._stopping = stopping

    def on_init_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._stopping.promise(Promise.CHECKPOINT)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._stopping.training = True
        self._stopping.promise(Promise.CHECKPOINT)
        super().on_train_begin(args, state, control, **kwargs)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        super().on_train_end(args, state, control, **kwargs)
        self._stopping.training = False
