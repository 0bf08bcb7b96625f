"""LLaMA-Factory's files: flat keys of its own and of the Trainer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.path import RecipePath
from tunesmith.dialects.reading import Builder, Place
from tunesmith.facts.history import history
from tunesmith.facts.release import before
from tunesmith.syntax.loaders import omegaconf, pyyaml
from tunesmith.syntax.scalars import Value

CLASSES = (
    "transformers:TrainingArguments",
    "transformers:Seq2SeqTrainingArguments",
    "llamafactory:ModelArguments",
    "llamafactory:DataArguments",
    "llamafactory:FinetuningArguments",
    "llamafactory:GeneratingArguments",
    "llamafactory:TrainingArguments",
)
ATTENTION = {"fa2": "flash_attention_2", "sdpa": "sdpa", "disabled": "eager"}
MEANT: Mapping[str, RecipePath] = {
    "model_name_or_path": ("model", "name_or_path"),
    "flash_attn": ("model", "load", "attn_implementation"),
    "lora_rank": ("peft", "r"),
    "lora_alpha": ("peft", "lora_alpha"),
    "lora_dropout": ("peft", "lora_dropout"),
    "lora_target": ("peft", "target_modules"),
    "additional_target": ("peft", "modules_to_save"),
    "cutoff_len": ("data", "max_length"),
}


def loader(versions: Mapping[str, str]) -> Callable[[str], Value] | None:
    """How its release reads a plain scalar: by OmegaConf since 0.9.3, by PyYAML before; None: not known."""
    older = before(versions, "llamafactory", (0, 9, 3))
    return None if older is None else pyyaml if older else omegaconf


def put_llama_factory(builder: Builder, values: Mapping[str, Any], file: Path) -> tuple[str, ...]:
    """Sort the keys into the sections of a recipe; the classes that know them."""
    trainer = [record for name in CLASSES[:2] if (record := history(name)) is not None]
    for key, value in values.items():
        place = Place(file, (key,))
        if key in MEANT:
            builder.put(MEANT[key], _meant(key, value), place)
        if any(record.knows(key) for record in trainer):
            builder.put(("train", key), value, place)
        else:
            builder.put(("args", key), value, place)
    return CLASSES


def _meant(key: str, value: object) -> object:
    if key in ("lora_target", "additional_target") and isinstance(value, str):
        names = [name.strip() for name in value.split(",") if name.strip()]
        return "all-linear" if names == ["all"] else names
    if key == "flash_attn" and isinstance(value, str):
        return ATTENTION.get(value, value)
    return value
