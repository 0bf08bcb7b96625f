"""What the Trainer and accelerate refuse of the ways to share a model among processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import VERSIONS, WORLD_SIZE
from tunesmith.facts.release import Release, before
from tunesmith.stages.train.rules.deepspeed import deepspeed_config
from tunesmith.stages.train.rules.deepspeed_values import zero_stage
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

YES, NO = (True, "true", "True"), (False, "false", "False")
FULL = "full_shard"


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

    def on(self, key: str) -> bool:
        return self.train.get(key) is True


@dataclass(frozen=True)
class Refusal:
    """`text` as `package` says it, at the first of `paths` that is written, since a release."""

    paths: tuple[RecipePath, ...]
    text: str
    applies: Callable[[Setup], bool]
    package: str = "transformers"
    since: Release = (4, 21)


REFUSALS: tuple[Refusal, ...] = (
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


@rule("TN263", Severity.ERROR, "{package}: {text}", needs=(VERSIONS,))
def refused_by_the_trainer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Ways to share a model among processes are asked for that exclude each other or something else.

    Why: the Trainer is not built.
    Library: transformers, TrainingArguments and Trainer; accelerate launch: ValueError, Using --fsdp xxx
    together with --deepspeed is not possible, and its like.
    Flags:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        fsdp: offload
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file ds.json: {"zero_optimization": {"stage": 3}}
        fsdp: full_shard auto_wrap
        deepspeed: ds.json
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        fsdp: full_shard auto_wrap
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_activation_checkpointing: true}}
        gradient_checkpointing: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        fsdp: full_shard auto_wrap offload
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_activation_checkpointing: true}}
        num_train_epochs: 1
        save_strategy: epoch
    """
    own, versions = _setup(recipe, facts), facts[VERSIONS]
    for one in REFUSALS:
        path = next((path for path in one.paths if _stands(recipe, path)), None)
        if path is not None and before(versions, one.package, one.since) is False and one.applies(own):
            yield refused_by_the_trainer.at(*path, on="value", package=one.package, text=one.text)


def _setup(recipe: Recipe, facts: Facts) -> Setup:
    written = recipe.train.get("fsdp")
    words = tuple(written.split()) if isinstance(written, str) else (FULL,) if written is True else ()
    if isinstance(written, list):
        words = tuple(str(word) for word in cast(list[object], written))
    kind = recipe.accelerate.get("distributed_type")
    config: dict[str, Any] = {}
    for section in (recipe.accelerate, recipe.train):
        found = section.get("fsdp_config")
        for key, value in cast(Mapping[str, Any], found).items() if isinstance(found, Mapping) else ():
            config[str(key).removeprefix("fsdp_")] = value
    for key in ("min_num_params", "transformer_layer_cls_to_wrap"):
        if f"fsdp_{key}" in recipe.train:
            config.setdefault(key, recipe.train[f"fsdp_{key}"])
    return Setup(
        recipe.train,
        words,
        config,
        bool(words) or kind == "FSDP",
        deepspeed_config(recipe, facts),
        bool(recipe.deepspeed or recipe.train.get("deepspeed")) or kind == "DEEPSPEED",
        zero_stage(recipe, facts),
        facts.get(WORLD_SIZE),
    )


def _stands(recipe: Recipe, path: RecipePath) -> bool:
    here: Any = getattr(recipe, str(path[0]))
    for step in path[1:]:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = cast(Mapping[str, Any], here)[str(step)]
    return True


RULES = (refused_by_the_trainer,)
