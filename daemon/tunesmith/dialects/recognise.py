"""Whose configuration a file is, told by its keys: sure, or nothing."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from pathlib import PurePath
from typing import Any, cast

from tunesmith.facts.history import history
from tunesmith.stages.recipe import SUFFIX


class Dialect(enum.Enum):
    """`value` is what people call such a file."""

    RECIPE = "recipe"
    HF_ARGUMENTS = "Hugging Face arguments"
    ACCELERATE = "Accelerate config"
    DEEPSPEED = "DeepSpeed config"
    LLAMA_FACTORY = "LLaMA-Factory config"
    AXOLOTL = "Axolotl config"
    SCRIPT = "training script"
    OTHER = "settings of a program"


YAML = (".yaml", ".yml")
JSON = (".json",)
PYTHON = ".py"

# Keys of whole-file dialects of others that share names with ours: LitGPT, torchtune, Ludwig, Lightning.
OTHERS = frozenset(
    (
        "_component_",
        "checkpoint_dir",
        "input_features",
        "output_features",
        "class_path",
        "_target_",
        "defaults",
    )
)


def recognise(file: PurePath, values: object) -> Dialect | None:
    """The dialect of a file with these plain `values`; None for what is not surely one."""
    if file.name.endswith(SUFFIX):
        return Dialect.RECIPE
    if not isinstance(values, Mapping):
        return None
    keys: Collection[str] = {key for key in values if isinstance(key, str)}
    if file.suffix.lower() in JSON:
        return Dialect.DEEPSPEED if _is_deepspeed(cast("Mapping[str, Any]", values)) else _hugging_face(keys)
    if file.suffix.lower() not in YAML or OTHERS & keys or _has_component(values):
        return None
    return next((dialect for dialect, is_one in YAML_DIALECTS if is_one(keys)), None)


def _has_component(values: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Mapping) and OTHERS & value.keys() for value in values.values())


def _is_accelerate(keys: Collection[str]) -> bool:
    if {"compute_environment", "distributed_type"} <= set(keys):
        return True
    launch = {
        "debug",
        "deepspeed_config",
        "fsdp_config",
        "machine_rank",
        "mixed_precision",
        "num_machines",
        "num_processes",
        "use_cpu",
    }
    return "distributed_type" in keys and bool(launch & set(keys))


def _is_deepspeed(values: Mapping[str, Any]) -> bool:
    found = values.keys()
    own = {"zero_optimization", "zero_allow_untested_optimizer", "steps_per_print", "wall_clock_breakdown"}
    if own & found:
        return True
    batch = {"train_batch_size", "train_micro_batch_size_per_gpu"}
    parts = {"autotuning", "bf16", "fp16", "optimizer", "scheduler"}
    numbers = {"gradient_accumulation_steps", "gradient_clipping"}
    # Other trainings count batches too: their numbers and names lie beside it, where DeepSpeed has sections.
    has_part = any(isinstance(values[key], Mapping) for key in parts & found)
    return bool(batch & found) and (has_part or (found <= {*batch, *parts, *numbers} and len(found) > 1))


def _is_axolotl(keys: Collection[str]) -> bool:
    own = {
        "datasets",
        "pretraining_dataset",
        "micro_batch_size",
        "sequence_len",
        "sample_packing",
        "val_set_size",
        "adapter",
        "rl",
    }
    return "base_model" in keys and len(own & set(keys)) >= 2


def _is_llama_factory(keys: Collection[str]) -> bool:
    found = set(keys)
    if "stage" in found and {"finetuning_type", "dataset", "template", "cutoff_len"} & found:
        return True
    if {"finetuning_type", "cutoff_len"} <= found or {"model_name_or_path", "finetuning_type"} <= found:
        return True
    if "cutoff_len" in found and {"dist_config", "kernel_config", "model_class", "peft_config"} & found:
        return True
    serving = {"infer_backend", "export_dir", "export_size", "adapter_name_or_path"}
    return {"model_name_or_path", "template"} <= found and bool(serving & found)


def _hugging_face(keys: Collection[str]) -> Dialect | None:
    return Dialect.HF_ARGUMENTS if _is_hugging_face(keys) else None


def _is_hugging_face(keys: Collection[str]) -> bool:
    """Flat keys, several of which only TrainingArguments has."""
    record = history("transformers:TrainingArguments")
    known = {key for key in keys if record is not None and record.knows(key)}
    sure = {key for key in known if key in SURE or key.startswith(("per_device_", "lr_scheduler_", "hub_"))}
    names_model = bool({"model_name_or_path", "dataset_name"} & set(keys))
    if len(DIFFUSERS & set(keys)) >= 2 and not any(key.startswith("per_device_") for key in keys):
        return False
    return len(sure) >= 2 or (len(known) >= 3 and names_model and bool(sure or len(known) >= 4))


SURE = frozenset(
    (
        "eval_strategy",
        "evaluation_strategy",
        "gradient_accumulation_steps",
        "gradient_checkpointing_kwargs",
        "load_best_model_at_end",
        "logging_strategy",
        "metric_for_best_model",
        "num_train_epochs",
        "overwrite_output_dir",
        "push_to_hub",
        "remove_unused_columns",
        "report_to",
        "save_strategy",
        "save_total_limit",
        "warmup_ratio",
    )
)

DIFFUSERS = frozenset(
    (
        "checkpointing_steps",
        "lr_scheduler",
        "lr_warmup_steps",
        "max_train_steps",
        "mixed_precision",
        "num_validation_images",
        "resolution",
        "train_batch_size",
        "validation_prompt",
        "validation_steps",
    )
)
"""What scripts that train image models call their own arguments; of ours they share the names around them."""

YAML_DIALECTS: tuple[tuple[Dialect, Callable[[Collection[str]], bool]], ...] = (
    (Dialect.ACCELERATE, _is_accelerate),
    (Dialect.AXOLOTL, _is_axolotl),
    (Dialect.LLAMA_FACTORY, _is_llama_factory),
    (Dialect.HF_ARGUMENTS, _is_hugging_face),
)
"""In this order: LLaMA-Factory's files hold Hugging Face's keys too."""
