"""Whether a text can be one of the dialects at all: asked of every file of these kinds that is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from tunesmith.dialects.recognise import JSON, PYTHON, YAML, recognise

LARGEST = 64 * 1024
"""Characters. Configurations have some thousands; larger files are data."""
TOP = re.compile(r"""^("[^"\n]+"[ \t]*|'[^'\n]+'[ \t]*|[A-Za-z_<][^:#\n]*):(?=\s|$)""", re.MULTILINE)
"""A key at the top of a YAML file, perhaps with spaces behind it. Never two ways to read them: a long line
of spaces would be tried from each."""
SMALL = 8 * 1024
"""Characters that are read with places, whatever they are: at most some milliseconds."""

WORDS = re.compile(
    r"per_device_|lr_scheduler_|hub_|eval_strategy|evaluation_strategy|gradient_accumulation_steps"
    r"|gradient_checkpointing_kwargs|load_best_model_at_end|logging_strategy|metric_for_best_model"
    r"|num_train_epochs|overwrite_output_dir|push_to_hub|remove_unused_columns|report_to|save_strategy"
    r"|save_total_limit|warmup_ratio|model_name_or_path|dataset_name|distributed_type|base_model|cutoff_len"
    r"|finetuning_type|\bstage\b|zero_|steps_per_print|wall_clock_breakdown|train_batch_size"
    r"|train_micro_batch_size_per_gpu"
)
"""Each dialect is told by keys of which one of these is always there."""


TRAINER, ARGUMENTS = re.compile(r"Trainer\("), re.compile(r"\w(?:Arguments|Config)\(")
"""What a script calls that makes a trainer and holds its settings itself."""


def has_right_name(file: PurePath) -> bool:
    return file.suffix.lower() in (*YAML, *JSON)


def is_script(file: PurePath) -> bool:
    return file.suffix == PYTHON


def is_likely(file: PurePath, text: str) -> bool:
    """Whether its keys, read without their places, are those of a dialect. False is sure, but for files that
    only their launch tells, and of scripts, which have no keys."""
    if is_script(file):
        return len(text) <= LARGEST and bool(TRAINER.search(text) and ARGUMENTS.search(text))
    if not has_right_name(file) or len(text) > LARGEST or WORDS.search(text) is None:
        return False
    keys = _keys(file, text)
    return len(text) <= SMALL if keys is None else recognise(file, keys) is not None


def is_candidate(file: PurePath, text: str) -> bool:
    """Whether a launch could hand the file to a parser of Hugging Face's."""
    return has_right_name(file) and len(text) <= SMALL and WORDS.search(text) is not None


def _keys(file: PurePath, text: str) -> Mapping[str, Any] | None:
    """What stands at the top, a hundred times quicker than with places; None where only they can tell."""
    if file.suffix.lower() in JSON:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    if text.lstrip().startswith("{"):
        return None
    return dict.fromkeys(match[1].rstrip().strip("\"'") for match in TOP.finditer(text))
