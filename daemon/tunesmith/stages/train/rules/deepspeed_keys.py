"""The keys of a DeepSpeed config, and the word that only others than DeepSpeed understand."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RenameKey, Severity
from tunesmith.core.path import RecipePath, dotted
from tunesmith.core.rule import Rule, rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import deepspeed_config

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ALIKE = 0.88
"""How near a key must be to a known one to be surely meant for it: newer releases bring keys of their own."""
BATCH = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps")
TOP = frozenset(
    (
        *BATCH,
        "activation_checkpointing",
        "amp",
        "autotuning",
        "bf16",
        "bfloat16",
        "checkpoint",
        "comms_logger",
        "communication_data_type",
        "compression_training",
        "csv_monitor",
        "curriculum_learning",
        "data_efficiency",
        "data_types",
        "dump_state",
        "elasticity",
        "flops_profiler",
        "fp16",
        "gradient_clipping",
        "gradient_predivide_factor",
        "optimizer",
        "prescale_gradients",
        "scheduler",
        "seq_parallel_communication_data_type",
        "sparse_attention",
        "sparse_gradients",
        "steps_per_print",
        "tensorboard",
        "wall_clock_breakdown",
        "wandb",
        "zero_allow_untested_optimizer",
        "zero_force_ds_cpu_optimizer",
        "zero_optimization",
    )
)
STAGE3 = (
    "gather_16bit_weights_on_model_save",
    "gather_fp16_weights_on_model_save",
    "max_live_parameters",
    "max_reuse_distance",
    "model_persistence_threshold",
    "module_granularity_threshold",
    "param_persistence_threshold",
    "prefetch_bucket_size",
    "use_all_reduce_for_fetch_params",
)
ZERO = frozenset(
    (
        *STAGE3,
        *(f"stage3_{key}" for key in STAGE3),
        "allgather_bucket_size",
        "allgather_partitions",
        "contiguous_gradients",
        "cpu_offload",
        "cpu_offload_param",
        "cpu_offload_params",
        "cpu_offload_use_pin_memory",
        "elastic_checkpoint",
        "ignore_unused_parameters",
        "legacy_stage1",
        "load_from_fp32_weights",
        "memory_efficient_linear",
        "mics_hierarchical_params_gather",
        "mics_shard_size",
        "offload_optimizer",
        "offload_param",
        "offload_states",
        "overlap_comm",
        "override_module_apply",
        "pipeline_loading_checkpoint",
        "reduce_bucket_size",
        "reduce_scatter",
        "round_robin_gradients",
        "stage",
        "sub_group_size",
        "use_multi_rank_bucket_allreduce",
        "zero_hpz_partition_size",
        "zero_quantized_gradients",
        "zero_quantized_nontrainable_weights",
        "zero_quantized_weights",
        "zeropp_loco_param",
    )
)


STRICT = (0, 7, 3)
"""Releases since this one refuse what they do not know in `zero_optimization`; earlier ones ignore it."""


@rule("TN622", Severity.ERROR, "zero_optimization has no {key}; did you mean {near}?", needs=(VERSIONS,))
def misspelt_key_of_zero(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key below `zero_optimization` is nearly one that DeepSpeed knows.

    Why: that section takes no other keys.
    Library: deepspeed since 0.7.3: ValidationError, Extra inputs are not permitted.
    Flags:
        # packages deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 3, offload_optimiser: {device: cpu}}}
        ---
        # packages deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 3, stage3_max_live_parameter: 1000}}
    Accepts:
        # packages deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 3, offload_optimizer: {device: cpu}}}
        ---
        # packages deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 3, a_key_of_a_newer_release: 1}}
        ---
        # packages deepspeed 0.6.5
        deepspeed: {zero_optimization: {stage: 3, stage3_max_live_parameter: 1000}}
    """
    if before(facts[VERSIONS], "deepspeed", STRICT) is False:
        for key, near in _misspelt_in_zero(recipe, facts):
            yield _renamed(misspelt_key_of_zero, ("zero_optimization", key), near)


@rule("TN623", Severity.WARNING, "DeepSpeed has no {key}; did you mean {near}?")
def misspelt_key_of_deepspeed(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of a DeepSpeed config is nearly one that DeepSpeed knows.

    Why: what it does not know at the top it leaves alone, and takes its default. Below `zero_optimization`
    only releases before 0.7.3 do.
    Library: silent.
    Flags:
        deepspeed: {gradient_cliping: 1.0, train_batch_size: 8, zero_optimization: {stage: 2}}
        ---
        # packages deepspeed 0.6.5
        deepspeed: {zero_optimization: {stage: 3, stage3_max_live_parameter: 1000}}
    Accepts:
        deepspeed: {gradient_clipping: 1.0, train_batch_size: 8, zero_optimization: {stage: 2}}
        ---
        deepspeed: {my_own_notes: 1, train_batch_size: 8, zero_optimization: {stage: 2}}
    """
    for key, near in _misspelt(deepspeed_config(recipe, facts), TOP):
        yield _renamed(misspelt_key_of_deepspeed, (key,), near)
    if before(facts.get(VERSIONS) or {}, "deepspeed", STRICT) is not False:
        for key, near in _misspelt_in_zero(recipe, facts):
            yield _renamed(misspelt_key_of_deepspeed, ("zero_optimization", key), near)


@rule(
    "TN624",
    Severity.ERROR,
    '{key} is "auto", which the Trainer and accelerate fill in, and {script} uses DeepSpeed itself',
    needs=(SCRIPT_USE,),
)
def auto_without_the_trainer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A DeepSpeed config says "auto" in a training that calls DeepSpeed itself.

    Why: the word is one of transformers and accelerate, which put numbers there. DeepSpeed computes with it.
    Library: deepspeed: TypeError, '>' not supported between instances of 'str' and 'int'.
    Flags:
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # file ds.json: {"train_micro_batch_size_per_gpu": "auto", "zero_optimization": {"stage": 2}}
        # script model = AutoModelForCausalLM.from_pretrained("m")
        # script engine = deepspeed.initialize(model=model, config="ds.json")
        deepspeed: ds.json
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # file ds.json: {"train_micro_batch_size_per_gpu": "auto", "zero_optimization": {"stage": 2}}
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        deepspeed: ds.json
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # file ds.json: {"train_micro_batch_size_per_gpu": 4, "zero_optimization": {"stage": 2}}
        # script engine = deepspeed.initialize(model=model, config="ds.json")
        deepspeed: ds.json
        num_train_epochs: 1
        save_strategy: epoch
    """
    use = facts[SCRIPT_USE]
    fills = use.trainer is not None or bool({"prepare", "Accelerator", "update"} & use.calls)
    if "initialize" not in use.calls or fills or any(name.endswith("Trainer") for name in use.calls):
        return
    config = deepspeed_config(recipe, facts)
    # A script that writes numbers over the words names the keys in its source.
    for key in BATCH[:2]:
        if config.get(key) == "auto" and key not in use.texts:
            path: RecipePath = ("deepspeed", key)
            yield auto_without_the_trainer.at(*path, on="value", key=dotted((key,)), script=recipe.script)


TRAINING = (misspelt_key_of_zero, misspelt_key_of_deepspeed)
FOREIGN = (auto_without_the_trainer,)


def _misspelt_in_zero(recipe: Recipe, facts: Facts) -> Iterator[tuple[str, str]]:
    zero = deepspeed_config(recipe, facts).get("zero_optimization")
    return _misspelt(cast(Mapping[str, Any], zero), ZERO) if isinstance(zero, Mapping) else iter(())


def _renamed(by: Rule, keys: tuple[str, ...], near: str) -> Finding:
    path: RecipePath = ("deepspeed", *keys)
    fix = Fix(f"Change to {near}", (RenameKey(path, near),), preferred=True)
    return by.at(*path, key=keys[-1], near=near, fixes=(fix,))


def _misspelt(values: Mapping[str, object], known: Collection[str]) -> Iterator[tuple[str, str]]:
    for key in values:
        near = difflib.get_close_matches(key, known, 1, ALIKE) if key not in known else []
        if near and near[0] not in values:
            yield key, near[0]
