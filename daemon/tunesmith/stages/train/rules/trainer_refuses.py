"""What the Trainer and accelerate refuse of the ways to share a model among processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import deepspeed_config
from tunesmith.stages.train.rules.deepspeed_values import zero_stage
from tunesmith.stages.train.rules.trainer_refusals import FULL, REFUSALS, Setup

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


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
        ---
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        fsdp: full_shard,auto_wrap
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.52.4, accelerate 1.7.0
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_state_dict_type: SHARDED_STATE_DICT}}
        save_only_model: true
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.36.2, accelerate 0.25.0, peft 0.7.1
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_use_orig_params: false}}
        # script Trainer(get_peft_model(m, LoraConfig(r=8)))
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
        until = one.until is None or before(versions, one.package, one.until) is True
        since = before(versions, one.package, one.since) is False
        if path is not None and since and until and one.applies(own):
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
        _adapts(facts),
    )


def _adapts(facts: Facts) -> bool:
    use = facts.get(SCRIPT_USE)
    wraps = use is not None and bool({"fsdp_auto_wrap_policy", "FullyShardedDataParallelPlugin"} & use.names)
    return use is not None and use.lora is not None and "get_peft_model" in use.outright and not wraps


def _stands(recipe: Recipe, path: RecipePath) -> bool:
    here: Any = getattr(recipe, str(path[0]))
    for step in path[1:]:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = cast(Mapping[str, Any], here)[str(step)]
    return True


RULES = (refused_by_the_trainer,)
