"""What Axolotl's own checks refuse of a file, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tunesmith.facts.release import Release

Said = Mapping[str, Any]
FIRST: Release = (0, 5)


@dataclass(frozen=True)
class Refused:
    """`key` is where it stands when `holds`; `why` in words; `since` the release that is known to say so."""

    key: str
    why: str
    holds: Callable[[Said], object]
    since: Release = FIRST


def is_on(said: Said, *keys: str) -> bool:
    return any(said.get(key) is True for key in keys)


def without_base(said: Said) -> bool:
    """Whether QLoRA is asked for, and not the 4 bits that it is about."""
    asked = said.get("adapter") == "qlora" and not is_on(said, "merge_lora", "gptq")
    return asked and said.get("load_in_4bit") is not True


def stops_by_nothing(said: Said) -> bool:
    save, evaluate = said.get("save_steps"), said.get("eval_steps")
    if not said.get("early_stopping_patience"):
        return False
    if not save or not evaluate:
        return True
    return isinstance(save, int) and isinstance(evaluate, int) and save % evaluate != 0


def has_type(said: Said, start: str) -> bool:
    listed = said.get("datasets")
    every = cast("list[object]", listed) if isinstance(listed, list) else []
    types = [cast(Said, one).get("type") for one in every if isinstance(one, Mapping)]
    return any(isinstance(one, str) and one.startswith(start) for one in types)


def generates_partial_groups(said: Said) -> bool:
    trl = said.get("trl")
    own = cast(Said, trl) if isinstance(trl, Mapping) else {}
    groups = own.get("num_generations")
    if said.get("rl") != "grpo" or not isinstance(groups, int) or isinstance(groups, bool):
        return False
    batch = own.get("generation_batch_size")
    each, steps = said.get("micro_batch_size") or 1, said.get("gradient_accumulation_steps") or 1
    if batch is None and isinstance(each, int) and isinstance(steps, int):
        batch = each * steps
    return groups < 2 or (isinstance(batch, int) and batch % groups != 0)


def together(*keys: str) -> Callable[[Said], bool]:
    return lambda said: all(said.get(key) for key in keys)


def offloads_packed_states(said: Said) -> bool:
    """Whether FSDP 1 is to offload what an optimizer keeps in 8 bits."""
    config = said.get("fsdp_config")
    own = cast(Said, config) if isinstance(config, Mapping) else {}
    packed = isinstance(said.get("optimizer"), str) and "8bit" in said["optimizer"]
    newer = any(str(one) == "2" for one in (said.get("fsdp_version"), own.get("fsdp_version")))
    return bool(said.get("fsdp")) and packed and not newer and own.get("fsdp_offload_params") is True


REFUSED: tuple[Refused, ...] = (
    Refused(
        "optimizer",
        "FSDP does not offload the states of an optimizer in 8 bits",
        offloads_packed_states,
        (0, 8),
    ),
    Refused(
        "neftune_noise_alpha",
        "it must be more than 0",
        lambda said: (
            isinstance(said.get("neftune_noise_alpha"), int | float) and said["neftune_noise_alpha"] <= 0
        ),
        (0, 8),
    ),
    Refused(
        "val_set_size", "test_datasets are evaluated on already", together("val_set_size", "test_datasets")
    ),
    Refused(
        "eval_table_size",
        "with sample_packing it needs eval_sample_packing: false",
        lambda said: (
            together("sample_packing", "eval_table_size")(said)
            and said.get("eval_sample_packing") is not False
        ),
    ),
    Refused(
        "batch_size",
        "gradient_accumulation_steps says it already",
        together("batch_size", "gradient_accumulation_steps"),
    ),
    Refused("warmup_ratio", "warmup_steps says it already", together("warmup_ratio", "warmup_steps")),
    Refused("saves_per_epoch", "save_steps says it already", together("saves_per_epoch", "save_steps")),
    Refused("evals_per_epoch", "eval_steps says it already", together("evals_per_epoch", "eval_steps")),
    Refused(
        "evals_per_epoch",
        "eval_strategy must be steps for it, or left out",
        lambda said: together("evals_per_epoch", "eval_strategy")(said) and said["eval_strategy"] != "steps",
    ),
    Refused(
        "val_set_size",
        "an evaluation is asked for, and 0 leaves nothing to evaluate on",
        lambda said: (
            said.get("val_set_size") == 0
            and not isinstance(said.get("val_set_size"), bool)
            and (said.get("eval_steps") or said.get("eval_strategy"))
            and not said.get("test_datasets")
            and said.get("eval_strategy") != "no"
        ),
    ),
    Refused("sample_packing", "preference training packs no samples", together("sample_packing", "rl")),
    Refused(
        "rl",
        "kto needs remove_unused_columns: false",
        lambda said: said.get("rl") == "kto" and said.get("remove_unused_columns") is not False,
    ),
    Refused(
        "pretraining_dataset",
        "it is streamed and has no length: max_steps must say how long the training is",
        lambda said: said.get("pretraining_dataset") and not said.get("max_steps"),
    ),
    Refused("fsdp", "DeepSpeed is asked for, too", together("deepspeed", "fsdp")),
    Refused(
        "chat_template",
        "jinja needs chat_template_jinja: the template itself",
        lambda said: said.get("chat_template") == "jinja" and not said.get("chat_template_jinja"),
    ),
    *(
        Refused(
            key,
            "quantized weights have no gradients: adapter must say what is trained",
            lambda said, key=key: (
                said.get(key) is True and not said.get("adapter") and not said.get("inference")
            ),
            (0, 8),
        )
        for key in ("load_in_4bit", "load_in_8bit")
    ),
    Refused(
        "load_in_8bit",
        "adapter: qlora is about 4 bits, which load_in_4bit asks for",
        lambda said: (
            said.get("adapter") == "qlora" and is_on(said, "load_in_8bit") and not is_on(said, "merge_lora")
        ),
    ),
    Refused("adapter", "qlora needs load_in_4bit: true", without_base),
    Refused(
        "adapter",
        "there are lora, qlora and llama-adapter, and what plugins bring",
        lambda said: (
            said.get("adapter") not in ("lora", "qlora", "llama-adapter", None, "", False)
            and not said.get("plugins")
        ),
        (0, 8),
    ),
    Refused(
        "early_stopping_patience",
        "save_steps and eval_steps must be set, and the first be a multiple of the second",
        stops_by_nothing,
        (0, 8),
    ),
    Refused(
        "save_strategy",
        "best needs metric_for_best_model",
        lambda said: said.get("save_strategy") == "best" and not said.get("metric_for_best_model"),
        (0, 16),
    ),
    Refused(
        "datasets",
        "type sharegpt is gone: it is chat_template, with field_messages and message_property_mappings",
        lambda said: has_type(said, "sharegpt"),
        (0, 8),
    ),
    Refused(
        "micro_batch_size",
        "at least two of micro_batch_size, gradient_accumulation_steps and batch_size must be set",
        lambda said: not said.get("gradient_accumulation_steps") and not said.get("batch_size"),
        (0, 8),
    ),
    Refused(
        "do_bench_eval",
        "evals_per_epoch or eval_steps must say when",
        lambda said: (
            said.get("do_bench_eval") and not said.get("evals_per_epoch") and not said.get("eval_steps")
        ),
        (0, 8),
    ),
    Refused(
        "loraplus_lr_ratio",
        "lr_groups say the learning rates already",
        together("loraplus_lr_ratio", "lr_groups"),
        (0, 8),
    ),
    Refused(
        "flash_attn_fuse_mlp",
        "adapters find no layers in fused ones",
        lambda said: said.get("flash_attn_fuse_mlp") and said.get("adapter") in ("lora", "qlora"),
        (0, 8),
    ),
    *(
        Refused(
            key,
            "the kernels do not compute with weights in 8 bits",
            lambda said, key=key: (
                said.get(key) and said.get("adapter") == "lora" and said.get("load_in_8bit")
            ),
            (0, 12),
        )
        for key in ("lora_mlp_kernel", "lora_qkv_kernel", "lora_o_kernel")
    ),
    Refused(
        "trl",
        "num_generations is 2 or more and divides micro_batch_size × gradient_accumulation_steps",
        generates_partial_groups,
        (0, 19),
    ),
    Refused(
        "dpo_loss_type",
        "it is for rl: dpo alone",
        lambda said: said.get("dpo_loss_type") and said.get("rl") != "dpo",
        (0, 19),
    ),
)
"""utils/schemas/{peft,validation,config}.py, 0.5 to 0.19."""
