"""Whether a text can be one of the dialects at all: asked of every YAML and JSON file that is opened."""

from __future__ import annotations

import re
from pathlib import PurePath

from tunesmith.dialects.recognise import JSON, YAML

LARGEST = 512 * 1024
"""Characters. Configurations have some thousands; larger files are data."""

WORDS = re.compile(
    r"per_device_|lr_scheduler_|hub_|eval_strategy|evaluation_strategy|gradient_accumulation_steps"
    r"|gradient_checkpointing_kwargs|load_best_model_at_end|logging_strategy|metric_for_best_model"
    r"|num_train_epochs|overwrite_output_dir|push_to_hub|remove_unused_columns|report_to|save_strategy"
    r"|save_total_limit|warmup_ratio|model_name_or_path|dataset_name|distributed_type|base_model|cutoff_len"
    r"|finetuning_type|\bstage\b|zero_|steps_per_print|wall_clock_breakdown|train_batch_size"
    r"|train_micro_batch_size_per_gpu"
)
"""Each dialect is told by keys of which one of these is always there."""


def has_right_name(file: PurePath) -> bool:
    return file.suffix.lower() in (*YAML, *JSON)


def is_likely(file: PurePath, text: str) -> bool:
    """False is sure; true is worth a look at the keys."""
    return has_right_name(file) and len(text) <= LARGEST and WORDS.search(text) is not None
