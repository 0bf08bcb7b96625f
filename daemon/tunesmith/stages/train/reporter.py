"""The callback between transformers' Trainer and the context of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from tunesmith.core.context import Context
from tunesmith.core.run import Phase

# What Trainer adds to the metrics of an evaluation and nobody compares models by.
TIMINGS = ("_runtime", "_per_second", "_preparation_time", "epoch")


class Reporter(TrainerCallback):
    """Tells the context what Trainer does, and Trainer when to stop. Reads no tensor."""

    def __init__(self, context: Context) -> None:
        self.stopping = False
        self._context = context

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        at = {"step": state.global_step, "epoch": state.epoch or 0.0}
        self._context.progress(Phase.TRAINING, total_steps=state.max_steps, **at)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._context.stop_requested(state.epoch):
            self.stopping = True
            control.should_log = control.should_save = control.should_training_stop = True
            control.should_evaluate = False
        self._saving_or_training(state, control)

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self.stopping:  # The checkpoint of this step is written already.
            control.should_evaluate = control.should_save = False
        elif self._stops_now(state):
            self.stopping = True
            control.should_log = control.should_save = control.should_training_stop = True
        self._saving_or_training(state, control)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        if logs and "loss" in logs:
            self._context.progress(_phase(control), step=state.global_step, loss=float(logs["loss"]))

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._context.progress(Phase.EVALUATING, step=state.global_step)

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        told = {name: float(value) for name, value in (metrics or {}).items() if not name.endswith(TIMINGS)}
        self._context.progress(_phase(control), step=state.global_step, metrics=told)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        folder = checkpoint(args, state)
        self._context.artifact("checkpoint", folder, step=state.global_step, epoch=state.epoch)
        self._context.progress(Phase.TRAINING, step=state.global_step)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._context.progress(Phase.SAVING, step=state.global_step, epoch=state.epoch)

    def _stops_now(self, state: TrainerState) -> bool:
        """Whether somebody asked for a stop after this epoch; after the last one the training is finished."""
        done = state.global_step >= state.max_steps
        return not done and state.epoch is not None and self._context.stop_after_epoch(state.epoch)

    def _saving_or_training(self, state: TrainerState, control: TrainerControl) -> None:
        self._context.progress(_phase(control), step=state.global_step, epoch=state.epoch)


def _phase(control: TrainerControl) -> Phase:
    """After a step Trainer logs and evaluates before it saves: somebody who waits for the save must not be
    told of a training meanwhile."""
    return Phase.SAVING if control.should_save else Phase.TRAINING


def checkpoint(args: TrainingArguments, state: TrainerState) -> Path:
    """Where Trainer saves at this step."""
    return Path(args.output_dir or "").absolute() / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
