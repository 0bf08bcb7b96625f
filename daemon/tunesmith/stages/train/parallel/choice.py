"""What a way of training in parts changes: the checkpoint it goes on from, the trainer, the model's end."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from transformers import Trainer, TrainerCallback

from tunesmith.core.context import Context
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.parallel.devices import count_ranks_as_devices
from tunesmith.stages.train.sharding import NOT_TRAINED, Asked, asked, unfit


def asked_by(config: TrainStage) -> Asked | None:
    return asked(config.model.distributed_config, config.train, config.accelerate)


def resumed(config: TrainStage, asked: Asked | None, checkpoint: Path | None) -> TrainStage:
    """A model that is loaded in parts gets the weights of a checkpoint there, not from Trainer."""
    if asked is None or asked.way != "tensor parallel" or checkpoint is None:
        return config
    return replace(config, model=replace(config.model, name_or_path=str(checkpoint), config={}))


def require_trainable(config: TrainStage) -> None:
    """What a check says too, for a recipe that nobody checked with these rules."""
    wanted = config.model.distributed_config
    for key, value in wanted.items():
        if key in NOT_TRAINED and isinstance(value, int) and value > 1:
            raise ValueError(f"{key} cannot be trained with here: {NOT_TRAINED[key]}")
    for path in unfit(wanted, config.train, config.accelerate, config.peft):
        raise ValueError(f"{'.'.join(path)} does not go with model.distributed_config")


def witnesses(asked: Asked | None, model: Any, context: Context) -> list[TrainerCallback]:
    if asked is None:
        return []
    from tunesmith.stages.train.parallel.witness import Witness  # Needs a newer torch.

    return [Witness(context, asked, model)]


def trainer_for(asked: Asked | None, kind: type[Trainer]) -> type[Trainer]:
    """The class of the trainer, made ready for it."""
    if asked is None:
        return kind
    if asked.way == "tensor parallel":
        from tunesmith.stages.train.parallel.tensor import trainer_of_parts  # As above.

        count_ranks_as_devices()
        return trainer_of_parts(kind)
    if asked.version != 1 and fsdp_comes(asked):  # FSDP 1 shards nothing on a CPU.
        count_ranks_as_devices()
    return kind


def fsdp_comes(asked: Asked) -> bool:
    """Whether accelerate will be told to shard: by Trainer, or by its launcher through the environment."""
    return asked.path[0] == "train" or os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"


def require_same_way(asked: Asked | None, checkpoint: Path | None) -> None:
    """Of a checkpoint that was saved in another way Trainer would find no state, or only this rank's."""
    if checkpoint is None:
        return
    saved = saved_way(checkpoint)
    wanted = None if asked is None else asked.way
    weights_only = saved is None and not any(checkpoint.glob("optimizer*"))
    if saved != wanted and not (weights_only and wanted != "FSDP"):
        raise ValueError(
            f"{checkpoint.name} was saved by {saved or 'plain'} training and cannot be resumed by "
            f"{wanted or 'plain'} training. Resume it with the recipe that it was saved with, or start "
            f"anew from its weights with model.name_or_path"
        )


def saved_way(checkpoint: Path) -> str | None:
    """Told by the files that hold weights and optimizer."""
    if next(checkpoint.glob("pytorch_model_fsdp*"), None):
        return "FSDP"
    return "tensor parallel" if (checkpoint / "optimizer_0").is_dir() else None


def end_whole(trainer: Trainer) -> None:
    """So that the model that training leads to is one that loads anywhere, however checkpoints are kept."""
    plugin = getattr(trainer.accelerator.state, "fsdp_plugin", None)
    if plugin is not None:
        plugin.set_state_dict_type("FULL_STATE_DICT")
