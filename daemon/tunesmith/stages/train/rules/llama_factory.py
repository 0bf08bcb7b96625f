"""Settings of a LLaMA-Factory file that exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed_values import zero_stage
from tunesmith.stages.train.rules.llama_refusals import REFUSALS, Settings

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

LLAMA_FACTORY = "LLaMA-Factory config"


@rule("TN721", Severity.ERROR, "LLaMA-Factory: {text}", needs=(DIALECT,))
def refused_by_llama_factory(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Settings of a LLaMA-Factory file exclude each other.

    Why: the arguments are refused before anything is loaded.
    Library: llamafactory: ValueError, Quantization is only compatible with the LoRA method, and its like.
    Flags:
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        finetuning_type: full
        quantization_bit: 4
        ---
        # launch llamafactory-cli train train.yaml
        # packages transformers 4.48.3, llamafactory 0.9.1
        model_name_or_path: m
        stage: rm
        finetuning_type: lora
        load_best_model_at_end: true
        predict_with_generate: true
        ---
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        finetuning_type: lora
        do_train: true
        streaming: true
    Accepts:
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        finetuning_type: lora
        quantization_bit: 4
        ---
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        finetuning_type: lora
        do_train: true
        streaming: true
        max_steps: 100
        val_size: 100
    """
    if facts[DIALECT] != LLAMA_FACTORY:
        return
    versions = facts.get(VERSIONS) or {}
    own = Settings({**recipe.args, **recipe.train}, zero_stage(recipe, facts), _under_fsdp(recipe))
    for one in REFUSALS:
        known = one.since == (0,) or before(versions, "llamafactory", one.since) is False
        if (
            known
            and (own.values.get(one.key) is not None or one.key == "finetuning_type")
            and one.applies(own)
        ):
            section = "train" if one.key in recipe.train else "args"
            yield refused_by_llama_factory.at(section, one.key, text=one.text)


def _under_fsdp(recipe: Recipe) -> bool:
    return recipe.accelerate.get("distributed_type") == "FSDP" or bool(recipe.train.get("fsdp"))


RULES = (refused_by_llama_factory,)
