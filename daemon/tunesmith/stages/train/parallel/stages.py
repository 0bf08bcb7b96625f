"""Where a recipe asks for a pipeline: the class of its trainer, and a witness of the split."""

from __future__ import annotations

from typing import Any

from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from tunesmith.core.context import Context
from tunesmith.core.files import write_json
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.pipelining import refusals


def require_possible(config: TrainStage) -> None:
    """What a check says too, for a recipe that nobody checked with these rules."""
    if config.pipeline is None:
        return
    beside = {
        "peft": config.peft,
        "deepspeed": config.deepspeed,
        "model.distributed_config": config.model.distributed_config,
        "run.early_stopping": config.early_stopping,
    }
    for one in refusals(config.pipeline, config.task, config.train, config.accelerate, beside):
        raise ValueError(f"{'.'.join(one.path)}: {one.why}")


def require_same_stages(config: TrainStage, context: Context) -> None:
    """Each stage reads the optimizer that it wrote itself; without a pipeline nobody reads any."""
    if context.resume_from is None:
        return
    saved = len(list(context.resume_from.glob("optimizer_stage_*.pt")))
    wanted = 0 if config.pipeline is None else config.pipeline.stages
    if saved != wanted:
        raise ValueError(
            f"{context.resume_from} was saved by {saved or 'no'} stages and would be loaded by "
            f"{wanted or 'none'}. Start anew from its weights with model.name_or_path"
        )


def trainer_for(config: TrainStage, kind: type[Trainer]) -> type[Trainer]:
    if config.pipeline is None:
        return kind
    from tunesmith.stages.train.parallel.pipeline import pipelined  # Needs a newer torch.

    return pipelined(kind, config.pipeline)


class PipelineWitness(TrainerCallback):
    """Sees to it, before the first step, that this rank trains a part of the model alone."""

    def __init__(self, context: Context, trainer: Any, parameters: int) -> None:
        self._context = context
        self._trainer = trainer
        self._parameters = parameters

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        trainer, rank = self._trainer, self._context.rank
        here = sum(each.numel() for each in trainer.model.parameters())
        trained = sum(each.numel() for group in trainer.optimizer.param_groups for each in group["params"])
        if here >= self._parameters or trained > here:
            raise RuntimeError(f"Stage {rank} holds all {self._parameters:,} parameters: nothing is split")
        layers = [trainer.here.start, trainer.here.stop]
        seen = {"way": "pipeline", "parameters": self._parameters, "here": here, "layers": layers}
        write_json(self._context.attempt.rank_parts(rank), seen)
        print(
            f"pipeline: stage {rank} holds layers {layers[0] + 1} to {layers[1]} of {trainer.layers}, "
            f"{here:,} of {self._parameters:,} parameters"
        )
