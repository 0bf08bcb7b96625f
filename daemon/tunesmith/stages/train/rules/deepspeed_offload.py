"""Rules about what DeepSpeed is to keep elsewhere than on the GPUs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.deepspeed_values import zero_stage

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

PATH = ("zero_optimization", "offload_param")
CUT = 3
"""The one stage in which each GPU holds a part of the weights."""


@rule(
    "TN631",
    Severity.WARNING,
    "offload_param does nothing in ZeRO stage {stage}: the weights stay on the GPUs",
)
def weights_are_not_offloaded(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Weights are to be kept off the GPUs, in a stage in which each GPU keeps all of them.

    Why: DeepSpeed gives the section to stage 3 alone. The memory that it was to save is taken.
    Library: silent.
    Flags:
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # file ds.json: {"zero_optimization": {"stage": 2, "offload_param": {"device": "cpu"}}}
        deepspeed: ds.json
        learning_rate: 2.0e-5
        num_train_epochs: 3
        bf16: true
    Accepts:
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # file ds.json: {"zero_optimization": {"stage": 3, "offload_param": {"device": "cpu"}}}
        deepspeed: ds.json
        learning_rate: 2.0e-5
        num_train_epochs: 3
        bf16: true
        ---
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # file ds.json: {"zero_optimization": {"stage": 2, "offload_param": {"device": "none"}}}
        deepspeed: ds.json
        learning_rate: 2.0e-5
        num_train_epochs: 3
        bf16: true
        ---
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # file ds.json: {"zero_optimization": {"stage": 2, "offload_optimizer": {"device": "cpu"}}}
        deepspeed: ds.json
        learning_rate: 2.0e-5
        num_train_epochs: 3
        bf16: true
    """
    device = config_value(deepspeed_config(recipe, facts), (*PATH, "device"))
    stage = zero_stage(recipe, facts)
    if device in ("cpu", "nvme") and stage is not None and stage != CUT:
        yield weights_are_not_offloaded.at("deepspeed", *PATH, stage=stage)


RULES = (weights_are_not_offloaded,)
