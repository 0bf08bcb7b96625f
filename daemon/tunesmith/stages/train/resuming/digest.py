"""Digests of a training's state: equal ones mean that nothing was lost between saving and loading.

Tensors are summed up where they are, as integers, and a few numbers of each are read back: on a GPU that
takes about as long as reading its memory once. They tell of loss and damage, not of forgery.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import torch
from datasets import Dataset

PIECE = 1 << 22
"""Elements that are summed up at once."""
PRIME = 1_000_003
INTEGERS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
MOST_ROWS = 20_000
"""Rows of the data that are looked at; of more than that, as many at equal distances."""


def digest(value: Any) -> str:
    """Of a state_dict or anything else made of mappings, sequences, tensors and plain values."""
    described: list[str] = []
    sums: list[torch.Tensor] = []
    for name, leaf in _leaves("", value):
        if isinstance(leaf, torch.Tensor):
            tensor = _local(leaf)
            described.append(f"{name}: {tensor.dtype} {tuple(tensor.shape)}")
            sums.append(_sums(tensor))
        else:
            described.append(f"{name}: {leaf!r}")
    read = _read(sums)
    return hashlib.sha256(repr((described, read)).encode()).hexdigest()[:16]


def random_states() -> dict[str, str]:
    """One digest a generator: those that Trainer saves."""
    states = {
        "python": repr(random.getstate()).encode(),
        "numpy": repr(tuple(map(_plain, np.random.get_state()))).encode(),
        "torch": torch.random.get_rng_state().numpy().tobytes(),
    }
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state().numpy().tobytes()
    return {name: hashlib.sha256(state).hexdigest()[:16] for name, state in states.items()}


def data_digest(data: Any) -> str | None:
    """Of the rows as the model is given them; None for what is not a table."""
    if not isinstance(data, Dataset):
        return None
    rows = len(data)
    found = hashlib.sha256(f"{rows} {data.column_names}".encode())
    every = -(-rows // MOST_ROWS) or 1
    chosen = data.select(range(0, rows, every)) if every > 1 else data
    for table in cast("Any", chosen.with_format("arrow")).iter(batch_size=1000):
        for batch in table.replace_schema_metadata(None).combine_chunks().to_batches():
            found.update(batch.serialize())
    return found.hexdigest()[:16]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from _leaves(f"{name}.{key}", value[key])
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _leaves(f"{name}[{index}]", item)
    elif isinstance(value, torch.Tensor) or value is None or isinstance(value, (bool, int, float, str)):
        yield name, value
    else:
        yield name, type(value).__name__


def _local(tensor: torch.Tensor) -> torch.Tensor:
    """Of a tensor that several ranks hold parts of, this rank's."""
    part = getattr(tensor, "to_local", None)
    return (part() if part is not None else tensor).detach()


def _sums(tensor: torch.Tensor) -> torch.Tensor:
    """Two numbers that hold for all bits and their places; nothing is read back."""
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    flat = tensor.reshape(-1).contiguous()
    if flat.dtype is torch.bool:
        flat = flat.to(torch.uint8)
    flat = flat.view(INTEGERS[flat.element_size()])
    total = torch.zeros(2, dtype=torch.int64, device=flat.device)
    places = torch.arange(1, min(PIECE, max(1, flat.numel())) + 1, dtype=torch.int64, device=flat.device)
    for start in range(0, flat.numel(), PIECE):
        piece = flat[start : start + PIECE].to(torch.int64)
        total = total * PRIME + torch.stack((piece.sum(), (piece * places[: piece.numel()]).sum()))
    return total


def _read(sums: list[torch.Tensor]) -> list[list[int]]:
    """All at once: one wait for each device that holds some."""
    devices = list(dict.fromkeys(each.device for each in sums))
    by_device = {
        device: iter(torch.stack([each for each in sums if each.device == device]).tolist())
        for device in devices
    }
    return [next(by_device[each.device]) for each in sums]


def _plain(value: Any) -> Any:
    return value.tobytes() if isinstance(value, np.ndarray) else value
