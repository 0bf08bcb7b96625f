"""What the Trainer and accelerate refuse of the ways to share a model among processes, by release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.core.path import RecipePath
from tunesmith.facts.release import Release
from tunesmith.stages.train.rules.written import number

YES, NO = (True, "true", "True"), (False, "false", "False")
FULL = "full_shard"
WORDS = (FULL, "shard_grad_op", "no_shard", "hybrid_shard", "hybrid_shard_zero2", "offload", "auto_wrap")


@dataclass(frozen=True)
class Setup:
    """`config`: FSDP's settings of the Trainer and of accelerate, by their names without `fsdp_`."""

    train: Mapping[str, Any]
    fsdp: tuple[str, ...]
    config: Mapping[str, Any]
    under_fsdp: bool
    deepspeed: Mapping[str, object]
    under_deepspeed: bool
    zero: int | None
    world: int | None
    adapts: bool
    """Whether the Trainer is given a model with an adapter, and nobody says what FSDP is to wrap."""

    def on(self, key: str) -> bool:
        return self.train.get(key) is True


@dataclass(frozen=True)
class Refusal:
    """`text` as `package` says it, at the first of `paths` that is written, since a release or before one."""

    paths: tuple[RecipePath, ...]
    text: str
    applies: Callable[[Setup], bool]
    package: str = "transformers"
    since: Release = (4, 21)
    until: Release | None = None


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        (("train", "fsdp"),),
        f"--fsdp takes words apart by spaces, of {', '.join(WORDS)}",
        lambda own: not set(own.fsdp) <= set(WORDS),
        until=(5,),
    ),
    Refusal(
        (("train", "save_only_model"),),
        "save_only_model is not compatible with fsdp_state_dict_type SHARDED_STATE_DICT",
        lambda own: (
            own.under_fsdp
            and own.on("save_only_model")
            and "SHARDED_STATE_DICT" in str(own.config.get("state_dict_type")).upper()
        ),
        since=(4, 50),
    ),
    Refusal(
        (("accelerate", "fsdp_config", "fsdp_use_orig_params"),),
        "Must flatten tensors with uniform requires_grad: an adapter needs fsdp_use_orig_params true",
        lambda own: own.under_fsdp and own.adapts and own.config.get("use_orig_params") in NO,
        since=(4, 31),
        until=(4, 39),
    ),
    Refusal(
        (("train", "fsdp"),), "--fsdp offload can't work on its own", lambda own: own.fsdp == ("offload",)
    ),
    Refusal(
        (("train", "fsdp"),),
        "--fsdp full_shard is not compatible with --fsdp shard_grad_op",
        lambda own: {FULL, "shard_grad_op"} <= set(own.fsdp),
    ),
    Refusal(
        (("train", "fsdp"),),
        "Using --fsdp together with --deepspeed is not possible",
        lambda own: bool(own.fsdp) and own.under_deepspeed,
    ),
    Refusal(
        (("train", "fsdp"),),
        "Using fsdp only works in distributed training",
        lambda own: bool(own.fsdp) and own.world == 1,
    ),
    Refusal(
        (("train", "fsdp_config"), ("train", "fsdp_min_num_params")),
        "min_num_params and transformer_layer_cls_to_wrap are mutually exclusive",
        lambda own: (
            bool(own.fsdp)
            and (number(own.config.get("min_num_params")) or 0) > 0
            and bool(own.config.get("transformer_layer_cls_to_wrap"))
        ),
        since=(4, 26),
    ),
    Refusal(
        (("train", "gradient_checkpointing"),),
        "activation_checkpointing of FSDP and gradient_checkpointing can't both be True",
        lambda own: (
            own.under_fsdp
            and own.on("gradient_checkpointing")
            and own.config.get("activation_checkpointing") in YES
        ),
        since=(4, 36),
    ),
    Refusal(
        (("train", "save_only_model"),),
        "DeepSpeed and FSDP can't be used with save_only_model along with load_best_model_at_end",
        lambda own: (
            (own.under_deepspeed or own.under_fsdp)
            and own.on("save_only_model")
            and own.on("load_best_model_at_end")
        ),
        since=(4, 38),
    ),
    Refusal(
        (("train", "auto_find_batch_size"),),
        "auto_find_batch_size isn't supported with DeepSpeed Zero-3",
        lambda own: own.on("auto_find_batch_size") and own.zero == 3,
        since=(4, 38),
    ),
    Refusal(
        (("accelerate", "fsdp_config", "fsdp_sync_module_states"), ("train", "fsdp_config")),
        "cpu_ram_efficient_loading needs sync_module_states to be True",
        lambda own: (
            own.under_fsdp
            and own.config.get("cpu_ram_efficient_loading") in YES
            and own.config.get("sync_module_states") in NO
        ),
        "accelerate",
        (0, 24),
    ),
    Refusal(
        (("train", "adafactor"), ("train", "optim")),
        "Adafactor is asked for, and the DeepSpeed config has an optimizer: only one can be configured",
        lambda own: (own.on("adafactor")) and "optimizer" in own.deepspeed,
    ),
    Refusal(
        (("train", "optim"),),
        "optim_target_modules must say which layers GaLore trains",
        lambda own: (
            str(own.train.get("optim")).startswith("galore") and not own.train.get("optim_target_modules")
        ),
        since=(4, 39),
    ),
    Refusal(
        (("train", "optim"),),
        "Layer-wise GaLore does not support DDP",
        lambda own: (
            str(own.train.get("optim")).startswith("galore")
            and str(own.train.get("optim")).endswith("layerwise")
            and (own.world or 1) > 1
        ),
        since=(4, 39),
    ),
)
