"""The part of a decoder that one stage of a pipeline holds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn

from tunesmith.stages.train.pipelining import share


class Elsewhere(nn.Module):
    """Stands for a module of another stage, and hands on what it is given. Others keep their names so."""

    def forward(self, given: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        return given


def keep_part(model: Any, stage: int, stages: int) -> range:
    """Take out of the model what other stages hold. Says which layers are left."""
    base = model.base_model
    here = share(len(base.layers), stages, stage)
    for index in range(len(base.layers)):
        if index not in here:
            base.layers[index] = Elsewhere()
    if stage > 0:
        base.embed_tokens = Elsewhere()
    if stage < stages - 1:
        base.norm = Elsewhere()
        model.lm_head = Elsewhere()
    return here


class Part(nn.Module):
    """From token ids, or what the stage before made of them, to what the next stage needs, or logits."""

    def __init__(self, model: Any, first: bool, last: bool, precision: Any) -> None:
        super().__init__()
        self.model = model
        self._takes = "input_ids" if first else "inputs_embeds"
        self._last = last
        self._precision = precision

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        precision: AbstractContextManager[Any] = self._precision()
        with precision:
            # Texts are padded on the right, where no token before looks: they need no mask.
            found = self.model.base_model(**{self._takes: given}, use_cache=False).last_hidden_state
            return self.model.lm_head(found) if self._last else found
