"""Hugging Face / TRL argument files: flat keys, for HfArgumentParser and its descendants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.path import RecipePath
from tunesmith.dialects.handed_on import default_of
from tunesmith.dialects.launch import Launch
from tunesmith.dialects.reading import Builder, Place
from tunesmith.facts.history import history
from tunesmith.facts.script_arguments import ScriptArguments

# What scripts call the same thing. What a library's class takes itself comes before these.
SYNONYMS: Mapping[str, RecipePath] = {
    "model_name_or_path": ("model", "name_or_path"),
    "tokenizer_name_or_path": ("model", "tokenizer"),
    "tokenizer_name": ("model", "tokenizer"),
    "torch_dtype": ("model", "load", "dtype"),
    "dtype": ("model", "load", "dtype"),
    "attn_implementation": ("model", "load", "attn_implementation"),
    "device_map": ("model", "load", "device_map"),
    "load_in_4bit": ("model", "load", "load_in_4bit"),
    "load_in_8bit": ("model", "load", "load_in_8bit"),
    "bnb_4bit_quant_type": ("model", "load", "bnb_4bit_quant_type"),
    "bnb_4bit_quant_storage": ("model", "load", "bnb_4bit_quant_storage"),
    "bnb_4bit_compute_dtype": ("model", "load", "bnb_4bit_compute_dtype"),
    "low_cpu_mem_usage": ("model", "load", "low_cpu_mem_usage"),
    "num_labels": ("model", "load", "num_labels"),
    "lora_r": ("peft", "r"),
    "lora_rank": ("peft", "r"),
    "lora_alpha": ("peft", "lora_alpha"),
    "lora_dropout": ("peft", "lora_dropout"),
    "lora_target_modules": ("peft", "target_modules"),
    "target_modules": ("peft", "target_modules"),
    "lora_modules_to_save": ("peft", "modules_to_save"),
    "modules_to_save": ("peft", "modules_to_save"),
    "init_lora_weights": ("peft", "init_lora_weights"),
    "layers_to_transform": ("peft", "layers_to_transform"),
    "lora_task_type": ("peft", "task_type"),
    "task_type": ("peft", "task_type"),
    "train_file": ("data", "train"),
    "train_data_file": ("data", "train"),
    "data_path": ("data", "train"),
    "dataset_path": ("data", "train"),
    "dataset_name": ("data", "train"),
    "validation_file": ("data", "validation"),
    "eval_data_file": ("data", "validation"),
    "dataset_text_field": ("data", "columns", "text"),
    "max_seq_length": ("data", "max_length"),
    "max_length": ("data", "max_length"),
    "model_max_length": ("data", "max_length"),
    "block_size": ("data", "max_length"),
}
OVERRIDDEN = (
    "bf16",
    "ddp_find_unused_parameters",
    "deepspeed",
    "fp16",
    "fsdp",
    "gradient_accumulation_steps",
    "gradient_checkpointing",
    "learning_rate",
    "max_steps",
    "optim",
    "per_device_train_batch_size",
    "remove_unused_columns",
    "tf32",
)
"""Arguments of the Trainer that all releases of these years take."""
TRL = {
    "sft": "SFTConfig",
    "dpo": "DPOConfig",
    "grpo": "GRPOConfig",
    "reward": "RewardConfig",
    "kto": "KTOConfig",
}
TRAINING_ARGUMENTS = "transformers:TrainingArguments"


def classes_of(launch: Launch, script: ScriptArguments | None, keys: Collection[str]) -> tuple[str, ...]:
    """The library classes whose keys the file holds: as its script says, or `trl sft`; else those of the
    Trainer."""
    if script is not None and script.libraries:
        return script.libraries
    if launch.program == "trl" and launch.module:
        name = TRL.get(launch.module.removeprefix("trl "))
        if name:
            return ("trl:ScriptArguments", "trl:SFTScriptArguments", f"trl:{name}", "trl:ModelConfig")
    # Of a script that cannot be seen: the one class that alone has some of the keys.
    only = [name for name in TRL.values() if _alone(f"trl:{name}", keys)]
    return (f"trl:{only[0]}", "trl:ModelConfig") if len(only) == 1 else (TRAINING_ARGUMENTS,)


def _alone(name: str, keys: Collection[str]) -> bool:
    """Whether some of the keys are this class's and no other's."""
    others = (TRAINING_ARGUMENTS, *(f"trl:{other}" for other in TRL.values() if f"trl:{other}" != name))
    return any(_takes((name,), key) and not _takes(others, key) for key in keys)


def put_arguments(
    builder: Builder, values: Mapping[str, Any], file: Path, launch: Launch, script: ScriptArguments | None
) -> tuple[str, ...]:
    """Sort the keys into the sections of a recipe; the classes that `train` holds keys of."""
    classes = classes_of(launch, script, values)
    builder.values.setdefault("train", {})
    own = script.own if script is not None else {}
    for key, value in values.items():
        place = Place(file, (key,))
        if key in SYNONYMS and not (key in ("max_length",) and _takes(classes, key)):
            builder.put(SYNONYMS[key], value, place)
        if key in own or not _takes((TRAINING_ARGUMENTS, *classes), key):
            builder.put(("args", key), value, place)
        else:
            builder.put(("train", key), value, place)
    for key in OVERRIDDEN if script is not None and script.libraries else ():
        # A subclass of the library's arguments says anew what the Trainer reads all the same.
        if key in own and (key in values or own[key].default not in (None, "null")):
            value = values[key] if key in values else default_of(own[key])
            builder.put(("train", key), value, Place(file, (key,)))
    # What is not written has its place, too: there a quick fix would write it.
    for key in (*own, *(key for key in SYNONYMS if _takes(classes, key))):
        if key in SYNONYMS:
            builder.origins.setdefault(SYNONYMS[key], Place(file, (key,)))
    if launch.script:
        builder.values["script"] = launch.script
    return classes


def _takes(classes: tuple[str, ...], key: str) -> bool:
    """Whether any release of the classes takes it."""
    return any(record is not None and record.knows(key) for record in map(history, classes))
