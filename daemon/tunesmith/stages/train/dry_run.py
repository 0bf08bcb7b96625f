"""One real step on a slice: what it took, what it held, and its first batch with what is learned of it."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from transformers import Trainer, TrainerCallback

from tunesmith.core.context import Context
from tunesmith.core.files import write_json
from tunesmith.stages.train.tasks.blocks import IGNORED

MOST_ROWS = 4
"""Of the first batch, that are told whole."""


class DryRunWitness(TrainerCallback):
    """Sees the batch that goes into the first step, and writes all down when the step is done."""

    def __init__(self, context: Context, trainer: Trainer, tokenizer: Any, size: Mapping[str, int]) -> None:
        self._context = context
        self._trainer = trainer
        self._tokenizer = tokenizer
        self._told: dict[str, Any] = {**size, "world_size": context.world_size}
        self._began = 0.0
        self._step = trainer.training_step
        setattr(trainer, "training_step", self._watched)  # noqa: B010 - a method of this one trainer

    def _watched(self, model: Any, inputs: dict[str, Any], *more: Any, **named: Any) -> Any:
        if "shapes" not in self._told:
            tensors = {name: one for name, one in inputs.items() if isinstance(one, torch.Tensor)}
            self._told["shapes"] = {name: list(one.shape) for name, one in tensors.items()}
            names = getattr(getattr(model, "config", None), "id2label", None) or {}
            self._told["rows"] = rows(tensors, self._tokenizer, names)
        return self._step(model, inputs, *more, **named)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._began = time.perf_counter()

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        every = list(self._trainer.model.parameters()) if self._trainer.model is not None else []
        self._told["gradients"] = held(one.grad for one in every)
        self._told["weights"] = held(every)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if logs and "loss" in logs:
            self._told["loss"] = float(logs["loss"])

    def on_step_end(self, args: Any, state: Any, control: Any, optimizer: Any = None, **kwargs: Any) -> None:
        self._told["step_seconds"] = time.perf_counter() - self._began
        kept = getattr(optimizer, "state", None) or {}
        self._told["optimizer"] = held(value for one in kept.values() for value in one.values())

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._context.rank == 0:
            write_json(self._context.attempt.dry_run, {**self._told, **peaks(args.device)})


def rows(batch: Mapping[str, torch.Tensor], tokenizer: Any, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The first rows as they are fed: padding is left out, each token with whether its label counts."""
    ids, mask, labels = batch.get("input_ids"), batch.get("attention_mask"), batch.get("labels")
    if ids is None or ids.dim() != 2:
        return []
    found: list[dict[str, Any]] = []
    for number in range(min(len(ids), MOST_ROWS)):
        real = [True] * ids.shape[1] if mask is None else [bool(one) for one in mask[number].tolist()]
        learned = [False] * len(real)
        if labels is not None and labels.shape == ids.shape:
            learned = [one != IGNORED for one in labels[number].tolist()]
        tokens = [str(tokenizer.decode([one])) for one in ids[number].tolist()]
        row: dict[str, Any] = {
            "tokens": [one for one, is_real in zip(tokens, real) if is_real],  # noqa: B905 - Python 3.10
            "supervised": [one for one, is_real in zip(learned, real) if is_real],  # noqa: B905
            "padding": len(real) - sum(real),
        }
        if labels is not None and labels.dim() == 1:
            row["label"] = str(names.get(int(labels[number]), int(labels[number])))
        found.append(row)
    return found


def held(values: Iterable[Any]) -> int:
    """Bytes of the tensors of more than one number, of a cut one this rank's part."""
    local = [getattr(one, "to_local", lambda whole=one: whole)() for one in values if torch.is_tensor(one)]
    return sum(one.numel() * one.element_size() for one in local if one.numel() > 1)


def peaks(device: torch.device) -> dict[str, Any]:
    """The most memory that the process had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    found: dict[str, Any] = {
        "device": str(device),
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }
    if device.type == "cuda":
        found["peak_gpu_memory"] = torch.cuda.max_memory_allocated(device)
    return found
