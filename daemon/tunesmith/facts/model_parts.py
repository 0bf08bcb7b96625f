"""What models of each type are made of, over the releases of transformers: from `.ci/record_layers.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class ModelParts:
    """`layers`: the attributes that hold linear layers and embeddings. `classes`: the layers' classes, where
    transformers has the model; empty for models that bring their own code."""

    model_type: str
    layers: frozenset[str]
    classes: tuple[str, ...]


def model_parts(model_type: str) -> ModelParts | None:
    """None for a type that no release knows."""
    row = _recorded().get(model_type)
    return ModelParts(model_type, frozenset(row["layers"]), tuple(row["classes"])) if row else None


@cache
def _recorded() -> Mapping[str, Mapping[str, list[str]]]:
    file = resources.files("tunesmith.facts").joinpath("recorded", "models.json")
    rows: Mapping[str, Mapping[str, list[str]]] = json.loads(file.read_text(encoding="utf-8"))
    return rows
