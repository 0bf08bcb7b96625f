"""Keys of library classes that were renamed or taken away.

Names and releases are facts of their change logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tunesmith.facts.library import Library


@dataclass(frozen=True)
class Gone:
    """`to` takes the same values as the old key did. `gone` is a release that no longer has it.

    `instead` says in words what to write where no rename does.
    """

    gone: str
    to: str | None = None
    instead: str = ""


DEFAULT_NOW = "it is always on"
NOTHING_INSTEAD = "nothing takes its place"

TRAINING_ARGUMENTS: Mapping[str, Gone] = {
    "evaluation_strategy": Gone("4.57", "eval_strategy"),
    "warmup_ratio": Gone("5.23", "warmup_steps"),
    "no_cuda": Gone("5.0", "use_cpu"),
    "per_gpu_train_batch_size": Gone("5.0", "per_device_train_batch_size"),
    "per_gpu_eval_batch_size": Gone("5.0", "per_device_eval_batch_size"),
    "push_to_hub_model_id": Gone("5.0", "hub_model_id"),
    "push_to_hub_token": Gone("5.0", "hub_token"),
    "torchdynamo": Gone("5.0", "torch_compile_backend"),
    "include_tokens_per_second": Gone("5.0", "include_num_input_tokens_seen"),
    "adafactor": Gone("5.0", instead="write optim: adafactor"),
    "group_by_length": Gone("5.23", instead="write train_sampling_strategy: group_by_length"),
    "include_inputs_for_metrics": Gone("5.0", instead="write include_for_metrics: [inputs]"),
    "dispatch_batches": Gone("4.57", instead="write accelerator_config: {dispatch_batches: …}"),
    "split_batches": Gone("4.57", instead="write accelerator_config: {split_batches: …}"),
    "fsdp_min_num_params": Gone("5.0", instead="write fsdp_config: {min_num_params: …}"),
    "fsdp_transformer_layer_cls_to_wrap": Gone(
        "5.0", instead="write fsdp_config: {transformer_layer_cls_to_wrap: …}"
    ),
    "fp16_backend": Gone("5.0", instead=NOTHING_INSTEAD),
    "fp16_opt_level": Gone("5.0", instead=NOTHING_INSTEAD),
    "half_precision_backend": Gone("5.0", instead=NOTHING_INSTEAD),
    "jit_mode_eval": Gone("5.0", instead=NOTHING_INSTEAD),
    "logging_dir": Gone("5.23", instead="TENSORBOARD_LOGGING_DIR in the environment names the folder"),
    "mp_parameters": Gone("5.0", instead=NOTHING_INSTEAD),
    "overwrite_output_dir": Gone("5.0", instead="what is in output_dir is written over"),
    "past_index": Gone("5.0", instead=NOTHING_INSTEAD),
    "push_to_hub_organization": Gone("5.0", instead="write it into hub_model_id: organization/name"),
    "ray_scope": Gone("5.0", instead=NOTHING_INSTEAD),
    "save_safetensors": Gone("5.0", instead=DEFAULT_NOW),
    "tpu_metrics_debug": Gone("5.0", instead="write debug: tpu_metrics_debug"),
    "tpu_num_cores": Gone("5.0", instead=NOTHING_INSTEAD),
    "use_ipex": Gone("4.57", instead=NOTHING_INSTEAD),
    "use_legacy_prediction_loop": Gone("5.0", instead=NOTHING_INSTEAD),
    "use_mps_device": Gone("5.0", instead=DEFAULT_NOW),
}

TRL: Mapping[str, Gone] = {
    **TRAINING_ARGUMENTS,
    "max_seq_length": Gone("0.20", "max_length"),
    "torch_dtype": Gone("0.27", "dtype"),
    "use_liger": Gone("0.18", "use_liger_kernel"),
    "use_liger_loss": Gone("0.28", "use_liger_kernel"),
    "use_num_logits_to_keep": Gone("0.17", "use_logits_to_keep"),
    "wandb_log_unique_prompts": Gone("0.27", "log_unique_prompts"),
}
"""Of its trainers' arguments, which are the Trainer's too, and of the models they load."""


def renames(library: Library) -> Mapping[str, Gone]:
    """By the old name: what became of a class's keys."""
    if library.package == "trl":
        return TRL
    return TRAINING_ARGUMENTS if library.package in ("transformers", "llamafactory") else {}


def older_names(library: Library, name: str) -> Iterator[str]:
    """What the key was called by releases before."""
    return (old for old, gone in renames(library).items() if gone.to == name)


def renamed_from(library: Library, name: str) -> str | None:
    """The older name of a newer key, for a library that does not know the newer one yet."""
    return next((old for old in older_names(library, name) if old in library.fields), None)
