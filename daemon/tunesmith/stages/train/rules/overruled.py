"""Settings of a training in several processes that something else overrules without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

SAME_SHAPE: Mapping[str, tuple[str, ...]] = {
    "WarmupLR": ("constant_with_warmup", "constant"),
    "WarmupDecayLR": ("linear",),
    "WarmupCosineLR": ("cosine",),
}
"""What DeepSpeed's schedulers are called by the Trainer."""
PLAIN_ADAM = ("adamw_torch", "adamw_torch_fused", "adamw_hf", "adamw_apex_fused")
"""Of these DeepSpeed's Adam is another make; the state is the same."""


@rule("TN627", Severity.WARNING, "{key} has no effect: {why}")
def overruled_setting(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A setting is written, and the training goes by another one.

    Why: a scheduler or an optimizer in the DeepSpeed config takes the place of the Trainer's; FSDP's settings
    count only where FSDP is asked for; accelerate starts one process unless it is told how to start several,
    and as many on each machine.
    Library: silent, or a line among others when the arguments are read.
    Flags:
        deepspeed: {scheduler: {type: WarmupLR, params: {}}, zero_optimization: {stage: 2}}
        train: {lr_scheduler_type: cosine}
        ---
        deepspeed: {optimizer: {type: AdamW, params: {}}, zero_optimization: {stage: 2}}
        train: {optim: adamw_bnb_8bit}
        ---
        # gpus 4 x A100, 8.0, 80 GiB
        accelerate: {distributed_type: "NO", num_processes: 4}
        ---
        accelerate: {distributed_type: MULTI_GPU, num_machines: 2, num_processes: 3}
        ---
        # packages transformers 4.44.2
        train: {fsdp_config: {min_num_params: 2000}}
    Accepts:
        deepspeed: {scheduler: {type: WarmupDecayLR, params: {}}, zero_optimization: {stage: 2}}
        train: {lr_scheduler_type: linear}
        ---
        deepspeed: {optimizer: {type: AdamW, params: {}}, zero_optimization: {stage: 2}}
        train: {optim: adamw_torch}
        ---
        # gpus 1 x A100, 8.0, 80 GiB
        accelerate: {distributed_type: "NO", num_processes: 4}
        ---
        accelerate: {distributed_type: MULTI_GPU, num_machines: 2, num_processes: 4}
        ---
        # packages transformers 4.44.2
        accelerate: {distributed_type: FSDP, num_processes: 2}
        train: {fsdp_config: {min_num_params: 2000}}
    """
    for path, why in (
        *_by_deepspeed(recipe, deepspeed_config(recipe, facts)),
        *_by_launch(recipe, facts),
        *_without_fsdp(recipe, facts),
    ):
        yield overruled_setting.at(*path, on="value", key=path[-1], why=why)


def _by_deepspeed(recipe: Recipe, config: Mapping[str, object]) -> Iterator[tuple[RecipePath, str]]:
    scheduler, optimizer = (config_value(config, (key, "type")) for key in ("scheduler", "optimizer"))
    shape = recipe.train.get("lr_scheduler_type")
    if shape is not None and isinstance(scheduler, str) and shape not in SAME_SHAPE.get(scheduler, ()):
        yield ("train", "lr_scheduler_type"), f"the DeepSpeed config has a scheduler, {scheduler}"
    optim = recipe.train.get("optim")
    # Adafactor beside it is refused, as another rule says.
    same = PLAIN_ADAM if str(optimizer).lower() in ("adam", "adamw") else ()
    if isinstance(optimizer, str) and optim not in (None, "adafactor", *same):
        yield ("train", "optim"), f"the DeepSpeed config has an optimizer, {optimizer}"


def _by_launch(recipe: Recipe, facts: Facts) -> Iterator[tuple[RecipePath, str]]:
    written = recipe.accelerate
    processes, machines = written.get("num_processes"), written.get("num_machines", 1)
    if not isinstance(processes, int) or not isinstance(machines, int) or written.get("use_cpu") is True:
        return
    # Where there is one GPU, or nobody knows, one process may well be what is wanted.
    several = sum(gpu.count for gpu in facts.get(GPUS) or ()) > 1
    # PyYAML reads a plain NO as a flag.
    if written.get("distributed_type") in ("NO", False) and processes > 1 and several:
        yield ("accelerate", "num_processes"), "with distributed_type NO one process is started"
    elif machines > 1 and processes > machines and processes % machines:
        each = processes // machines
        yield (
            ("accelerate", "num_processes"),
            f"each of {machines} machines starts {each}: {each * machines} in all",
        )


def _without_fsdp(recipe: Recipe, facts: Facts) -> Iterator[tuple[RecipePath, str]]:
    config: Any = recipe.train.get("fsdp_config")
    keys = cast(Mapping[str, Any], config) if isinstance(config, Mapping) else {}
    asks = any(keys.get(key) for key in ("min_num_params", "transformer_layer_cls_to_wrap"))
    launched = recipe.accelerate.get("distributed_type") == "FSDP"
    older = before(facts.get(VERSIONS) or {}, "transformers", (5,)) is True
    if asks and older and not launched and not recipe.train.get("fsdp"):
        yield ("train", "fsdp_config"), "fsdp does not ask for FSDP"


RULES = (overruled_setting,)
