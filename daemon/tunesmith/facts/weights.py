"""The names and shapes of a model's weights, from the header of its safetensors files: length, then JSON."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.facts.json_file import read_object

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
# A header is some hundred kilobytes; a length beyond this is no header.
LARGEST = 64 * 1024 * 1024
# What a header of another form ends with: an infinite side, offsets of one number.
UNREADABLE = (OSError, ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Stored:
    """What a folder's weights are: their number, what they take in bytes, and the shape of each by its name.
    Their `bytes` say their precision."""

    parameters: int
    bytes: int
    shapes: Mapping[str, tuple[int, ...]]


def read_stored(folder: Path, names: Collection[str]) -> Stored | None:
    """Of a model in one file or in shards; None when the headers cannot be read."""
    try:
        if SINGLE in names:
            return _stored([_header(folder / SINGLE)])
        if INDEX in names:
            named = _mapping(read_object(folder / INDEX, LARGEST)["weight_map"])
            shards = sorted({Path(str(one)).name for one in named})
            return _stored([_header(folder / shard) for shard in shards])
    except UNREADABLE:
        return None
    return None


def _mapping(value: object) -> Collection[object]:
    return cast("Mapping[str, object]", value).values()


def _stored(headers: Iterable[Mapping[str, Any]]) -> Stored:
    every = {name: one for header in headers for name, one in header.items() if _is_weight(one)}
    shapes = {name: tuple(int(side) for side in one["shape"]) for name, one in every.items()}
    held = sum(one["data_offsets"][1] - one["data_offsets"][0] for one in every.values())
    return Stored(sum(math.prod(shape) for shape in shapes.values()), held, shapes)


def _is_weight(tensor: Mapping[str, Any]) -> bool:
    """Not a buffer of whole numbers, like positions."""
    return str(tensor["dtype"]).startswith(("F", "BF"))


def read_modules(folder: Path, names: Collection[str]) -> tuple[str, ...] | None:
    """The modules that have weights of their own, in the order of the file; None when nothing says so."""
    try:
        if SINGLE in names:
            return _modules(_header(folder / SINGLE))
        if INDEX in names:
            return _modules(cast("Mapping[str, object]", read_object(folder / INDEX, LARGEST)["weight_map"]))
    except UNREADABLE:
        return None
    return None


def leaves(modules: Iterable[str]) -> tuple[str, ...]:
    """The last parts of their names, each once: what LoRA's target_modules are."""
    return tuple(dict.fromkeys(name.rpartition(".")[2] for name in modules))


def _header(path: Path) -> Mapping[str, object]:
    with open(path, "rb", opener=_without_waiting) as file:
        (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\0"))
        if not 0 < length <= LARGEST:
            raise ValueError(f"{path} has no header of a safetensors file")
        raw = json.loads(file.read(length))
    if not isinstance(raw, dict):
        raise ValueError(f"{path} has no header of a safetensors file")
    return {name: one for name, one in cast("dict[str, object]", raw).items() if name != "__metadata__"}


def _without_waiting(path: str, flags: int) -> int:
    """A pipe in the place of a file is empty then."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _modules(weights: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.rpartition(".")[0] for name in weights if "." in name))
