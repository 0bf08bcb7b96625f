"""Tensor parallel: transformers cuts the layers when it loads the model; Trainer saves and resumes it whole.

Trainer itself gathers the weights for a checkpoint, but keeps no optimizer of a model that was loaded in
parts. It is saved here in parts too, by torch.distributed.checkpoint, which can cut it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict, set_optimizer_state_dict
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save
from torch.distributed.tensor import DTensor, Replicate, Shard
from transformers import PreTrainedModel, Trainer, TrainingArguments
from transformers.distributed.configuration_utils import DistributedConfig

OPTIMIZER = "optimizer_0"
"""As accelerate calls the folder of a sharded optimizer."""
SCHEDULER = "scheduler.pt"


def in_parts(model: PreTrainedModel, distributed: Mapping[str, Any]) -> PreTrainedModel:
    """A model of random weights, the same in all ranks, of which each keeps its parts."""
    made: Any = type(model).from_pretrained(
        None,
        config=model.config,
        state_dict=model.state_dict(),
        distributed_config=DistributedConfig(**distributed),
    )
    made.train()
    return made


def trainer_of_parts(kind: type[Trainer]) -> type[Trainer]:
    """`kind`, for a model that was loaded in parts."""
    return type(f"{kind.__name__}OfParts", (OfParts, kind), {})


class OfParts(Trainer):
    """Keeps the optimizer beside the weights. Those are loaded with the model: see `stages.train.model`."""

    def __init__(self, *given: Any, args: TrainingArguments, **options: Any) -> None:
        # Without this Trainer refuses to save at all, because it would lose the optimizer.
        only_model, args.save_only_model = args.save_only_model, True
        super().__init__(*given, args=args, **options)
        args.save_only_model = only_model
        require_plain_cuts(self.model)

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        save(self._optimizer_state(), checkpoint_id=str(Path(output_dir) / OPTIMIZER))
        if self.args.should_save:
            schedule: Any = self.lr_scheduler
            torch.save(schedule.state_dict(), Path(output_dir) / SCHEDULER)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """The model was made from it."""

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None or not (Path(checkpoint) / OPTIMIZER).is_dir():
            return
        state = self._optimizer_state()
        load(state, checkpoint_id=str(Path(checkpoint) / OPTIMIZER))
        model: Any = self.model
        set_optimizer_state_dict(model, self._plain_optimizer(), state["optimizer"])
        schedule: Any = self.lr_scheduler
        schedule.load_state_dict(torch.load(Path(checkpoint) / SCHEDULER, weights_only=True))

    def _optimizer_state(self) -> dict[str, Any]:
        model: Any = self.model
        return {"optimizer": get_optimizer_state_dict(model, self._plain_optimizer())}

    def _plain_optimizer(self) -> Any:
        """Without accelerate's wrapper."""
        return getattr(self.optimizer, "optimizer", self.optimizer)


def require_plain_cuts(model: Any) -> None:
    """torch.distributed.checkpoint takes each part for one piece of the whole: of others it keeps the wrong
    numbers."""
    for name, parameter in model.named_parameters():
        if isinstance(parameter, DTensor):
            odd = [each for each in parameter.placements if type(each) not in (Shard, Replicate)]
            if odd:
                raise RuntimeError(
                    f"{name} is cut as {odd[0]}, which no checkpoint can keep. "
                    f"Give model.distributed_config a tp_plan without it"
                )
