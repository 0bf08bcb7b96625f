"""How much of a model this rank holds, seen in its parameters themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch.distributed.tensor import DTensor


@dataclass(frozen=True)
class Amount:
    """Of numbers, and the bytes that they take."""

    parameters: int
    bytes: int


def whole(model: Any) -> Amount:
    """All of it. Before FSDP wraps the model: version 1 leaves nobody but itself to ask."""
    return _amount(list(model.parameters()))


def held(model: Any) -> Amount:
    """What lies in this rank. Reads no tensor."""
    return _amount([each.to_local() if isinstance(each, DTensor) else each for each in model.parameters()])


def _amount(tensors: list[Any]) -> Amount:
    return Amount(
        sum(each.numel() for each in tensors), sum(each.numel() * each.element_size() for each in tensors)
    )
