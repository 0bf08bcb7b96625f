"""What a rank writes into a checkpoint beside Trainer: digests of all that a resumed training must equal."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import accelerate
import numpy as np
import torch
import transformers
from transformers import Trainer

from tunesmith.stages.train.resuming.digest import digest, random_states
from tunesmith.stages.train.resuming.position import order_of

UNREADABLE = (TypeError, ValueError, RuntimeError, AttributeError, KeyError)
"""What describing a model raises that is held in a way that we do not know."""


def packages() -> dict[str, str]:
    modules = {"torch": torch, "transformers": transformers, "accelerate": accelerate, "numpy": np}
    return {
        "python": platform.python_version(),
        **{name: str(module.__version__) for name, module in modules.items()},
    }


def machine(trainer: Trainer) -> dict[str, Any]:
    """What decides in which order numbers are added up."""
    device = trainer.args.device
    if device.type == "cuda":
        return {"device": torch.cuda.get_device_name(device)}
    return {
        "device": f"{device.type} {torch.backends.cpu.get_cpu_capability()}",
        "threads": torch.get_num_threads(),
    }


def parts(trainer: Trainer) -> dict[str, str | None]:
    """A digest of each part of the training's state; None for a scaler that is not there."""
    scaler = getattr(trainer.accelerator, "scaler", None)
    return {
        "model": digest(_state(trainer.model)),
        "optimizer": digest(_state(trainer.optimizer)),
        "scheduler": digest(_state(trainer.lr_scheduler)),
        "scaler": None if scaler is None else digest(scaler.state_dict()),
    }


def describe(trainer: Trainer, data: str | None) -> dict[str, Any]:
    """All of it, as JSON values."""
    return {
        "step": trainer.state.global_step,
        "world_size": trainer.args.world_size,
        **parts(trainer),
        "random numbers": random_states(),
        "order of the data": order_of(trainer.callback_handler.train_dataloader, trainer.args),
        "data": data,
        "packages": packages(),
        "machine": machine(trainer),
    }


def sizes(folder: Path, but: str) -> Mapping[str, int]:
    """Of the files that are complete when rank 0 gets here: those of other ranks may still be written."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        # A file that another rank is about to rename has a dot before its name.
        if not path.name.startswith((".", "rng_state_", but)) and path.is_file()
    }


def window(trainer: Trainer) -> dict[str, Any] | None:
    """The sum of the losses since the last log, and the step of that: a log between is their average.

    None where Trainer keeps them to itself.
    """
    total = getattr(trainer, "_tr_loss", None)
    if total is None:
        return None
    return {"sum": float(total), "since": trainer._globalstep_last_logged}


def restore_window(trainer: Trainer, saved: Mapping[str, Any] | None) -> bool:
    """So that the first log averages as many steps as without the break. False where that is impossible."""
    if saved is None or getattr(trainer, "_tr_loss", None) is None:
        return False
    trainer._tr_loss += saved["sum"]
    trainer._globalstep_last_logged = saved["since"]
    trainer._total_loss_scalar = -saved["sum"]
    return True


def _state(value: Any) -> Any:
    return None if value is None else value.state_dict()
