"""Ending a training because nothing gets better any more: transformers' own callback, set up and asked."""

from __future__ import annotations

from transformers import EarlyStoppingCallback, Trainer

from tunesmith.stages.train.config import EarlyStopping


def callbacks(asked: EarlyStopping | None) -> list[EarlyStoppingCallback]:
    return [] if asked is None else [EarlyStoppingCallback(asked.patience, asked.threshold)]


def why_ended(trainer: Trainer) -> str | None:
    """Why the training ended before its last step, if this is what ended it."""
    if trainer.state.global_step >= trainer.state.max_steps:
        return None
    for callback in trainer.callback_handler.callbacks:
        if isinstance(callback, EarlyStoppingCallback):
            patience = callback.early_stopping_patience
            if callback.early_stopping_patience_counter >= patience:
                times = "in the last evaluation" if patience == 1 else f"in {patience} evaluations in a row"
                metric = trainer.args.metric_for_best_model
                return f"Early stopping: {metric} got no better {times}."
    return None
