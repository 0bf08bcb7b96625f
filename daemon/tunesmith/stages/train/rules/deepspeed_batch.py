"""The numbers of a DeepSpeed config that it multiplies, and what it refuses of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import WORLD_SIZE
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ALL, EACH, STEPS = "train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps"


@rule("TN615", Severity.ERROR, "train_batch_size is {found}, and {product} is {wanted}")
def batch_is_not_the_product(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The batch of a DeepSpeed config is not what its parts amount to over all processes.

    Why: DeepSpeed multiplies the micro batch, the accumulation steps and the number of processes. Of what is
    left out it makes what fits.
    Library: deepspeed: AssertionError, Check batch related parameters. train_batch_size is not equal to
    micro_batch_per_gpu * gradient_acc_step * world_size.
    Flags:
        accelerate: {num_processes: 1}
        deepspeed: {train_batch_size: 8, train_micro_batch_size_per_gpu: 2, gradient_accumulation_steps: 1}
        ---
        deepspeed: {train_batch_size: 10, train_micro_batch_size_per_gpu: 4}
    Accepts:
        accelerate: {num_processes: 4}
        deepspeed: {train_batch_size: 8, train_micro_batch_size_per_gpu: 2, gradient_accumulation_steps: 1}
        ---
        accelerate: {num_processes: 4}
        deepspeed: {train_batch_size: 8, train_micro_batch_size_per_gpu: 2}
        ---
        deepspeed: {train_batch_size: auto, train_micro_batch_size_per_gpu: 2, gradient_accumulation_steps: 1}
    """
    config = deepspeed_config(recipe, facts)
    found, world = _whole(config, ALL), facts.get(WORLD_SIZE)
    written = {key: _whole(config, key) for key in (EACH, STEPS)}
    # The Trainer's own numbers are compared with each of these by another rule.
    if found is None or recipe.train or any(config.get(key) == "auto" for key in written):
        return
    parts = {key: number for key, number in written.items() if number}
    if world is not None:
        parts["processes"] = world
    wanted = 1
    for number in parts.values():
        wanted *= number
    whole = len(parts) == len(written) + 1
    if found % wanted or (whole and found != wanted):
        product = " x ".join(f"{number} {key}" for key, number in parts.items())
        yield batch_is_not_the_product.at(
            "deepspeed", ALL, on="value", found=found, product=product, wanted=wanted
        )


@rule("TN616", Severity.ERROR, "fp16 and bf16 are both enabled")
def two_formats_of_deepspeed(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A DeepSpeed config enables fp16 and bf16.

    Why: the engine is not built.
    Library: deepspeed: AssertionError, bfloat16 and fp16 modes cannot be simultaneously enabled.
    Flags:
        deepspeed: {fp16: {enabled: true}, bf16: {enabled: true}}
    Accepts:
        deepspeed: {fp16: {enabled: false}, bf16: {enabled: true}}
        ---
        deepspeed: {fp16: {enabled: auto}, bf16: {enabled: auto}}
    """
    config = deepspeed_config(recipe, facts)
    if all(config_value(config, (key, "enabled")) is True for key in ("fp16", "bf16")):
        yield two_formats_of_deepspeed.at("deepspeed", "fp16", "enabled", on="value")


@rule(
    "TN619",
    Severity.ERROR,
    "A part of the optimizer can only be offloaded with ZeRO-3, and this is stage {stage}",
)
def partial_offload_without_zero3(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A part of the optimizer is to be offloaded, and the stage of ZeRO cannot do that.

    Why: only stage 3 can offload a part of the optimizer's state; the others take all of it or nothing.
    Library: deepspeed: ValidationError, Assertion failed, Partial offloading only supported for ZeRO Stage 3.
    Flags:
        deepspeed: {zero_optimization: {stage: 2, offload_optimizer: {device: cpu, ratio: 0.3}}}
    Accepts:
        deepspeed: {zero_optimization: {stage: 3, offload_optimizer: {device: cpu, ratio: 0.3}}}
        ---
        deepspeed: {zero_optimization: {stage: 2, offload_optimizer: {device: cpu}}}
    """
    config = deepspeed_config(recipe, facts)
    stage = config_value(config, ("zero_optimization", "stage"))
    ratio = config_value(config, ("zero_optimization", "offload_optimizer", "ratio"))
    if isinstance(ratio, int | float) and ratio < 1 and isinstance(stage, int) and stage != 3:
        yield partial_offload_without_zero3.at(
            "deepspeed",
            "zero_optimization",
            "offload_optimizer",
            "ratio",
            stage=stage,
        )


RULES = (batch_is_not_the_product, two_formats_of_deepspeed, partial_offload_without_zero3)


def _whole(config: Mapping[str, Any], key: str) -> int | None:
    found = config.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
