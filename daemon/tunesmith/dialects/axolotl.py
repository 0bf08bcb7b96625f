"""Axolotl's files: nested keys of its own, from which it makes the Trainer's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tunesmith.core.path import RecipePath
from tunesmith.dialects.reading import Builder, Place

MEANT: Mapping[str, RecipePath] = {
    "base_model": ("model", "name_or_path"),
    "attn_implementation": ("model", "load", "attn_implementation"),
    "load_in_4bit": ("model", "load", "load_in_4bit"),
    "load_in_8bit": ("model", "load", "load_in_8bit"),
    "device_map": ("model", "load", "device_map"),
    "lora_r": ("peft", "r"),
    "lora_alpha": ("peft", "lora_alpha"),
    "lora_dropout": ("peft", "lora_dropout"),
    "lora_target_modules": ("peft", "target_modules"),
    "lora_modules_to_save": ("peft", "modules_to_save"),
    "sequence_len": ("data", "max_length"),
    "micro_batch_size": ("train", "per_device_train_batch_size"),
    "num_epochs": ("train", "num_train_epochs"),
    "lr_scheduler": ("train", "lr_scheduler_type"),
}
SAME = frozenset(
    (
        "ddp_find_unused_parameters",
        "deepspeed",
        "eval_steps",
        "eval_strategy",
        "fp16",
        "gradient_accumulation_steps",
        "gradient_checkpointing",
        "gradient_checkpointing_kwargs",
        "group_by_length",
        "learning_rate",
        "load_best_model_at_end",
        "logging_steps",
        "max_grad_norm",
        "max_steps",
        "metric_for_best_model",
        "resume_from_checkpoint",
        "save_only_model",
        "save_steps",
        "save_strategy",
        "save_total_limit",
        "tf32",
        "warmup_ratio",
        "warmup_steps",
        "weight_decay",
    )
)
"""The keys that mean what they mean to the Trainer."""


def put_axolotl(builder: Builder, values: Mapping[str, Any], file: Path) -> None:
    """Sort the keys into the sections of a recipe."""
    for key, value in values.items():
        place = Place(file, (key,))
        if key in MEANT:
            builder.put(MEANT[key], value, place)
        elif key in SAME:
            builder.put(("train" if _is_alike(key, value) else "args", key), _number(key, value), place)
        elif key == "bf16" and isinstance(value, bool):
            # "auto" takes what the GPU can do.
            builder.put(("train", key), value, place)
        elif key == "flash_attention" and value is True:
            builder.put(("model", "load", "attn_implementation"), "flash_attention_2", place)
        else:
            builder.put(("args", key), value, place)
    datasets = values.get("datasets")
    first = cast(list[Any], datasets)[0] if isinstance(datasets, list) and datasets else None
    if isinstance(first, Mapping) and isinstance(path := cast(Mapping[str, Any], first).get("path"), str):
        builder.put(("data", "train"), path, Place(file, ("datasets", 0, "path")))


def _is_alike(key: str, value: object) -> bool:
    """Some keys have values more than the Trainer's: a share of the training, a place to put tensors."""
    if key == "warmup_steps":
        return not isinstance(value, float) or value.is_integer()
    return key != "gradient_checkpointing" or not isinstance(value, str)


def _number(key: str, value: object) -> object:
    """A learning rate may be a text: PyYAML reads 2e-5 as one."""
    if key != "learning_rate" or not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
