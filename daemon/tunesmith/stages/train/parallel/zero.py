"""DeepSpeed's ZeRO under transformers' Trainer: on a CPU as on accelerators, and seen to be what was asked.

Without help Trainer starts DeepSpeed where there are accelerators alone: over the ranks of a CPU it trains a
plain copy of the model in each, and says nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import DistributedType
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from tunesmith.core.context import Context
from tunesmith.core.files import write_json
from tunesmith.stages.train.config import TrainStage

DEFAULT_TIMEOUT = 1800
SWITCH = "ACCELERATE_USE_DEEPSPEED"
"""The environment variable that tells accelerate."""
COMPILED_FOR_CPU = "deepspeed_shm_comm"


def asked(config: TrainStage) -> Any:
    """A path or a mapping; None where the recipe asks for no DeepSpeed."""
    return config.deepspeed or config.train.get("deepspeed") or None


def begin(config: TrainStage) -> dict[str, Any]:
    """Let the ranks meet. What is returned goes to TrainingArguments."""
    given = asked(config)
    if given is None:
        if not _by_launcher():
            # So that it is not found: Trainer would import it in each run, for nothing.
            sys.modules.setdefault("deepspeed", None)  # type: ignore[arg-type]
        return {}
    on_cpu = not torch.cuda.is_available() or _said_to_use_cpu(config)
    if on_cpu:
        _stay_on_cpu()
    launched, os.environ[SWITCH] = _by_launcher(), "true"
    timeout = timedelta(seconds=float(config.train.get("ddp_timeout", DEFAULT_TIMEOUT)))
    try:
        meeting: dict[str, Any] = {"timeout": timeout, **({"backend": "gloo"} if on_cpu else {})}
        state = PartialState(**meeting)
    finally:
        if not launched:
            del os.environ[SWITCH]
    if state.distributed_type is not DistributedType.DEEPSPEED:
        raise RuntimeError(
            f"deepspeed is asked for and accelerate made a {state.distributed_type} of "
            f"{state.num_processes} ranks. It takes at least two: accelerate.num_processes"
        )
    configured = config.train.get("accelerator_config") or {}
    if not isinstance(configured, Mapping):
        raise TypeError("With deepspeed, train.accelerator_config takes keys in the recipe, not a file")
    return {"deepspeed": given, "accelerator_config": {**configured, "use_configured_state": True}}


def require_same_parts(config: TrainStage, context: Context) -> None:
    """Each rank reads the optimizer's part that it wrote itself; without DeepSpeed nobody reads any."""
    if context.resume_from is None or _by_launcher():
        return
    saved = len(list(context.resume_from.glob("global_step*/*_optim_states.pt")))
    wanted = 0 if asked(config) is None else context.world_size
    if saved != wanted:
        raise ValueError(
            f"{context.resume_from} was saved by {saved or 'no'} ranks of DeepSpeed and would be loaded by "
            f"{wanted or 'none'}. Start anew from its weights with model.name_or_path"
        )


def _by_launcher() -> bool:
    """Asked for in the launcher's own words: distributed_type: DEEPSPEED."""
    return os.environ.get(SWITCH, "").lower() == "true"


def _said_to_use_cpu(config: TrainStage) -> bool:
    return bool(config.train.get("use_cpu")) or os.environ.get("ACCELERATE_USE_CPU", "").lower() == "true"


def _stay_on_cpu() -> None:
    os.environ.update({"DS_ACCELERATOR": "cpu", "ACCELERATE_TORCH_DEVICE": "cpu"})
    # To accelerate this would mean plain data-parallel ranks.
    os.environ.pop("ACCELERATE_USE_CPU", None)
    from deepspeed import ops

    # Messages through shared memory instead of gloo: compiled in C++ when the ranks meet.
    ops.__compatible_ops__[COMPILED_FOR_CPU] = False


class ZeroWitness(TrainerCallback):
    """Sees to it, before the first step, that the optimizer's state really is partitioned. One a rank."""

    def __init__(self, context: Context, trainer: Trainer) -> None:
        self._context = context
        self._trainer = trainer

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        wanted = int(args.hf_deepspeed_config.get_value("zero_optimization.stage", 0))
        engine: Any = self._trainer.model_wrapped
        stage = getattr(engine, "zero_optimization_stage", lambda: None)()
        if stage != wanted:
            raise RuntimeError(f"deepspeed asks for ZeRO stage {wanted}, and the model got stage {stage}")
        every = sum(_numbers(each) for each in engine.module.parameters() if each.requires_grad)
        here = sum(_numbers(each) for group in engine.optimizer.param_groups for each in group["params"])
        if wanted > 0 and here >= every:
            raise RuntimeError(
                f"deepspeed asks for ZeRO stage {wanted}, and the optimizer of rank {self._context.rank} "
                f"holds all {every:,} parameters: nothing is partitioned"
            )
        rank, way = self._context.rank, f"ZeRO stage {stage}"
        seen = {"way": way, "parameters": every, "here": here}
        write_json(self._context.attempt.rank_parts(rank), seen)
        print(f"{way}: the optimizer of this rank holds {here:,} of {every:,} parameters")


def _numbers(parameter: Any) -> int:
    """Of a parameter whose numbers lie in several ranks, all of them."""
    return int(getattr(parameter, "ds_numel", parameter.numel()))
