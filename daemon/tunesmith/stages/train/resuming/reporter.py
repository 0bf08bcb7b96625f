"""The reporter of the built-in training: what it saves can be resumed, and a resume can be proved."""

from __future__ import annotations

from typing import Any

from transformers import Trainer, TrainerControl, TrainerState, TrainingArguments

from tunesmith.core.context import Context
from tunesmith.stages.train.reporter import Reporter, checkpoint
from tunesmith.stages.train.resuming.proving import Prover
from tunesmith.stages.train.resuming.recording import Recorder


class ResumableReporter(Reporter):
    """Reads tensors only when Trainer saves or has loaded them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._recorder = Recorder(context)
        self._prover = None if context.resume_from is None else Prover(context, context.resume_from)
        self._trainer: Trainer | None = None
        self._evaluation_skipped = False

    def watch(self, trainer: Trainer) -> None:
        """Callbacks are told of everything but the trainer itself."""
        self._trainer = trainer
        if self._prover is not None:
            self._prover.watch(trainer)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        super().on_train_begin(args, state, control, **kwargs)
        if self._prover is not None and self._trainer is not None:
            self._prover.loaded(self._trainer)

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._prover is not None and self._trainer is not None and not self._prover.done:
            self._prover.begun(self._trainer, self._recorder.data(self._trainer))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        logs, evaluates = control.should_log, control.should_evaluate
        super().on_step_end(args, state, control, **kwargs)
        self._evaluation_skipped = evaluates and not control.should_evaluate
        self._before_saving(args, state, control, cut_short=self.stopping and not logs)

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        logs = control.should_log
        super().on_epoch_end(args, state, control, **kwargs)
        self._before_saving(args, state, control, cut_short=self.stopping and not logs)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().on_log(args, state, control, logs, **kwargs)
        if logs is None or "loss" not in logs or self.stopping:
            return
        if self._recorder.keeper is not None:
            self._recorder.keeper.logged(state.global_step, logs)
        if self._prover is not None:
            self._prover.logged(state.global_step, logs)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self._trainer is not None:
            self._recorder.saved(self._trainer, checkpoint(args, state), self._evaluation_skipped)
        super().on_save(args, state, control, **kwargs)

    def _before_saving(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, cut_short: bool
    ) -> None:
        if control.should_save and self._trainer is not None:
            self._recorder.begins(self._trainer, checkpoint(args, state), cut_short)
