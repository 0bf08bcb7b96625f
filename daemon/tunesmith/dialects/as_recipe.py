"""The values of a reading as a `Recipe`: what the rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tunesmith.stages.data.config import Columns, DataConfig
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.train.config import ModelConfig


def as_recipe(values: Mapping[str, Any]) -> Recipe:
    """What has another form than a recipe gives it is left out."""
    model, data = _section(values, "model"), _section(values, "data")
    named = ModelConfig(
        _text(model, "name_or_path"), load=_section(model, "load"), tokenizer=_text(model, "tokenizer")
    )
    return Recipe(
        model=named if model else None,
        data=_data(data),
        peft=_section(values, "peft"),
        train=_section(values, "train"),
        script=_text(values, "script"),
        args=_section(values, "args"),
        accelerate=_section(values, "accelerate"),
        deepspeed=_section(values, "deepspeed") or None,
        written=frozenset(values),
    )


def _data(data: Mapping[str, Any]) -> DataConfig | None:
    train = _text(data, "train")
    if train is None:
        return None
    columns = Columns(_text(_section(data, "columns"), "text") or "text")
    length = data.get("max_length")
    return DataConfig(
        train, columns, _text(data, "validation"), None, length if isinstance(length, int) else None
    )


def _section(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return cast(Mapping[str, Any], found) if isinstance(found, Mapping) else {}


def _text(values: Mapping[str, Any], name: str) -> str | None:
    found = values.get(name)
    return found if isinstance(found, str) else None
