"""A rule about the learning rate that DeepSpeed's own schedulers bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

BROUGHT = 0.001
"""warmup_max_lr of deepspeed/runtime/lr_schedules.py, where it is not given."""


@rule(
    "TN628",
    Severity.WARNING,
    "{scheduler} without warmup_max_lr rises to 0.001, and not to the learning rate of {wanted:g}",
    needs=(VERSIONS,),
)
def schedule_brings_its_rate(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """DeepSpeed's warm-up ends at a learning rate of its own, where the config names none.

    Why: what is written as the learning rate counts for nothing; 0.001 is often a hundred times as much.
    Library: silent. WarmupLR goes to the optimizer's own rate since deepspeed 0.17; WarmupDecayLR does not.
    Flags:
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed:
          scheduler: {type: WarmupLR, params: {warmup_num_steps: 10}}
          zero_optimization: {stage: 2}
        train: {learning_rate: 0.00001}
    Accepts:
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed:
          scheduler: {type: WarmupLR, params: {warmup_max_lr: auto, warmup_num_steps: 10}}
          zero_optimization: {stage: 2}
        train: {learning_rate: 0.00001}
    """
    config, versions = deepspeed_config(recipe, facts), facts[VERSIONS]
    scheduler, params = (config_value(config, ("scheduler", key)) for key in ("type", "params"))
    given = config_value(config, ("scheduler", "params", "warmup_max_lr"))
    own = scheduler == "WarmupDecayLR" or (
        scheduler == "WarmupLR" and before(versions, "deepspeed", (0, 17)) is True
    )
    of_optimizer = number(config_value(config, ("optimizer", "params", "lr")))
    rate = of_optimizer if of_optimizer is not None else number(recipe.train.get("learning_rate"))
    if own and given is None and rate is not None and rate != BROUGHT:
        path = ("deepspeed", "scheduler", "params", "warmup_max_lr")
        value = '"auto"' if recipe.train else f"{rate:g}"
        fixes = (Fix(f"Set warmup_max_lr: {value}", (SetValue(path, value),), True),) if params else ()
        yield schedule_brings_its_rate.at(
            "deepspeed", "scheduler", "type", on="value", scheduler=scheduler, wanted=rate, fixes=fixes
        )


RULES = (schedule_brings_its_rate,)
