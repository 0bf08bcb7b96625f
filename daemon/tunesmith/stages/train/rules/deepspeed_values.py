"""Rules about what a DeepSpeed config asks for that cannot be had together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core import python_source
from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


PLAIN_OPTIMIZERS = frozenset(
    ("Adafactor", "Adam", "AdamW", "AdamW8bit", "FusedAdam", "FusedLAMB", "Lion", "RMSprop", "SGD")
)
"""Optimizers by the names of their classes that are not made for the CPU's share of ZeRO-Offload."""


MAPS = "get_kbit_device_map"
"""TRL's map for quantized weights; none for others."""


@rule(
    "TN612",
    Severity.ERROR,
    "Offloading the optimizer needs DeepSpeed's own: this config names none",
    needs=(VERSIONS,),
)
def offload_without_its_optimizer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The optimizer is offloaded to the CPU, and the training brings one that is not made for it.

    Why: DeepSpeed refuses such an optimizer, unless it is told not to mind. Before 4.31 the Trainer brings
    torch's own; later ones have accelerate put DeepSpeed's in its place.
    Library: deepspeed since 0.8.1: ZeRORuntimeException, You are using ZeRO-Offload with a client provided
    optimizer which in most cases will yield poor performance.
    Flags:
        # packages transformers 4.28.1, deepspeed 0.9.2
        deepspeed: {zero_optimization: {stage: 2, offload_optimizer: {device: cpu}}}
        train: {learning_rate: 0.001}
    Accepts:
        # packages transformers 4.28.1, deepspeed 0.9.2
        deepspeed:
          zero_optimization: {stage: 2, offload_optimizer: {device: cpu}}
          optimizer: {type: AdamW, params: {lr: auto}}
        train: {learning_rate: 0.001}
        ---
        # packages transformers 4.28.1, deepspeed 0.9.2
        deepspeed:
          zero_force_ds_cpu_optimizer: false
          zero_optimization: {stage: 3, offload_optimizer: {device: cpu}}
        train: {learning_rate: 0.001}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 2, offload_optimizer: {device: cpu}}}
        train: {learning_rate: 0.001}
    """
    config = deepspeed_config(recipe, facts)
    device = config_value(config, ("zero_optimization", "offload_optimizer", "device"))
    own = "optimizer" in config or config.get("zero_force_ds_cpu_optimizer") is False
    minds = before(facts[VERSIONS], "deepspeed", (0, 8, 1)) is False
    if device in ("cpu", "nvme") and not own and minds and _brings_plain_optimizer(recipe, facts):
        yield offload_without_its_optimizer.at("deepspeed", "zero_optimization", "offload_optimizer")


def _brings_plain_optimizer(recipe: Recipe, facts: Facts) -> bool:
    use = facts.get(SCRIPT_USE)
    if recipe.train or (use is not None and use.trainer):
        return before(facts[VERSIONS], "transformers", (4, 31)) is True
    # `deepspeed.initialize(optimizer=…)`; accelerate's `prepare` puts another one in its place.
    initializes = use is not None and "initialize" in use.calls and "prepare" not in use.calls
    return (
        initializes
        and use is not None
        and bool(PLAIN_OPTIMIZERS & use.calls)
        and "DeepSpeedCPUAdam" not in use.calls
    )


@rule("TN613", Severity.ERROR, "ZeRO-3 places the weights itself: {key} cannot be set")
def zero3_with_a_device_map(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """ZeRO-3 is asked for, and the model is loaded with places of its own.

    Why: the model is not even loaded.
    Library: transformers, from_pretrained: ValueError, DeepSpeed Zero-3 is not compatible with
    `low_cpu_mem_usage=True` or with passing a `device_map`.
    Flags:
        # launch deepspeed train.py train.yaml
        # file ds.json: {"zero_optimization": {"stage": 3}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        device_map: auto
        deepspeed: ds.json
        ---
        # launch accelerate launch --config_file ds.yaml train.py train.yaml
        # packages transformers 4.38.2
        # file ds.yaml: {distributed_type: DEEPSPEED, deepspeed_config: {zero_stage: 3}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        low_cpu_mem_usage: true
        learning_rate: 0.0002
    Accepts:
        # launch deepspeed train.py train.yaml
        # file ds.json: {"zero_optimization": {"stage": 2}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        device_map: auto
        deepspeed: ds.json
        ---
        # launch deepspeed train.py train.yaml
        # file ds.json: {"zero_optimization": {"stage": 3}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        low_cpu_mem_usage: false
        deepspeed: ds.json
    """
    load = recipe.model.load if recipe.model else {}
    if zero_stage(recipe, facts) != 3:
        return
    use = facts.get(SCRIPT_USE)
    literal = use.loads.get(use.model_class or "", {}) if use is not None else {}
    quantized = any(load.get(one) is True for one in ("load_in_4bit", "load_in_8bit"))
    # Later releases load with little memory anyway.
    newer = before(facts.get(VERSIONS) or {}, "transformers", (4, 50)) is not True
    for key in ("device_map", "low_cpu_mem_usage"):
        if key == "low_cpu_mem_usage" and newer:
            continue
        if load.get(key) not in (None, False):
            yield zero3_with_a_device_map.at("model", "load", key, key=key)
        elif key not in load and (_is_set(literal.get(key)) or (quantized and MAPS in literal.get(key, ""))):
            inline = config_value(deepspeed_config(recipe, facts), ("zero_optimization", "stage")) is not None
            path = (
                ("deepspeed", "zero_optimization", "stage")
                if inline
                else ("accelerate", "deepspeed_config", "zero_stage")
            )
            yield zero3_with_a_device_map.at(*path, on="value", key=key)


def _is_set(text: str | None) -> bool:
    """Whether the source text of an argument is a plain value that switches something on."""
    try:
        return text is not None and python_source.literal(text) not in (None, False)
    except ValueError:
        return False


def zero_stage(recipe: Recipe, facts: Facts) -> int | None:
    """The stage that is asked for, in a DeepSpeed config or accelerate's own keys."""
    found = config_value(deepspeed_config(recipe, facts), ("zero_optimization", "stage"))
    if found is None:
        found = config_value(recipe.accelerate, ("deepspeed_config", "zero_stage"))
    return found if isinstance(found, int) and not isinstance(found, bool) else None


@rule(
    "TN614", Severity.ERROR, "Unsloth does not train with ZeRO-3: it needs the whole weights in each process"
)
def unsloth_with_zero3(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Unsloth's kernels and ZeRO-3 are both asked for.

    Why: the arguments are refused before anything is loaded.
    Library: llamafactory: ValueError, Unsloth is incompatible with DeepSpeed ZeRO-3.
    Flags:
        # launch llamafactory-cli train train.yaml
        # file ds.json: {"zero_optimization": {"stage": 3}}
        stage: sft
        finetuning_type: lora
        use_unsloth: true
        deepspeed: ds.json
    Accepts:
        # launch llamafactory-cli train train.yaml
        # file ds.json: {"zero_optimization": {"stage": 2}}
        stage: sft
        finetuning_type: lora
        use_unsloth: true
        deepspeed: ds.json
    """
    if recipe.args.get("use_unsloth") is True and zero_stage(recipe, facts) == 3:
        fix = Fix("Change to false", (SetValue(("args", "use_unsloth"), "false"),), preferred=True)
        yield unsloth_with_zero3.at("args", "use_unsloth", fixes=(fix,))


RULES = (offload_without_its_optimizer, zero3_with_a_device_map, unsloth_with_zero3)
