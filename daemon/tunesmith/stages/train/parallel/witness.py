"""Sees to it that a model that was asked for in parts really is in parts before its first step."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from tunesmith.core.context import Context
from tunesmith.core.files import write_json
from tunesmith.stages.train.parallel.held import held, whole
from tunesmith.stages.train.sharding import Asked


class Witness(TrainerCallback):
    """One a rank. Writes down what it saw."""

    def __init__(self, context: Context, asked: Asked, model: Any) -> None:
        self._context = context
        self._asked = asked
        self._whole = whole(model)

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: Any = None,
        **kwargs: Any,
    ) -> None:
        here, every, rank = held(model), self._whole, self._context.rank
        if self._context.world_size > 1 and here.parameters >= every.parameters:
            raise RuntimeError(not_in_parts(self._asked, rank, every.parameters))
        record = {"way": self._asked.way, "parameters": every.parameters, "bytes": every.bytes}
        record |= {"here": here.parameters, "bytes_here": here.bytes}
        write_json(self._context.attempt.rank_parts(rank), record)
        print(f"{self._asked.way}: rank {rank} holds {here.parameters:,} of {every.parameters:,} parameters")


def not_in_parts(asked: Asked, rank: int, parameters: int) -> str:
    return (
        f"{asked.key} asks for {asked.way}, and rank {rank} got all {parameters:,} parameters: nothing is in "
        f"parts. Check the recipe: on a CPU FSDP takes version 2, and a launcher distributed_type: FSDP"
    )
