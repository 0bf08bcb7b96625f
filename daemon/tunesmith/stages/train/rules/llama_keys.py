"""Rules about keys that LLaMA-Factory does not take, and evaluations on nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, TRAINING_ARGUMENTS, VERSIONS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

LLAMA_FACTORY = "LLaMA-Factory config"
RECORDED = frozenset(("dataset", "finetuning_type", "model_name_or_path"))
"""One of each of its classes: of older releases they are not recorded."""
OTHER_TRAINERS = frozenset(
    ("dist_config", "kernel_config", "kt_config", "model", "model_class", "sample_backend", "train_dataset")
)
"""Keys of its other trainers, whose arguments are not recorded."""


@rule(
    "TN725",
    Severity.ERROR,
    "{key} asks for an evaluation, and there is neither eval_dataset nor val_size",
    needs=(DIALECT,),
)
def nothing_to_evaluate(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An evaluation is asked for, and LLaMA-Factory is given nothing to evaluate on.

    Why: the arguments are refused, or the Trainer when it is built.
    Library: llamafactory: ValueError, Please specify dataset for evaluation.
    Flags:
        # launch llamafactory-cli train train.yaml
        stage: sft
        finetuning_type: lora
        dataset: notes
        eval_strategy: steps
    Accepts:
        # launch llamafactory-cli train train.yaml
        stage: sft
        finetuning_type: lora
        dataset: notes
        val_size: 0.1
        eval_strategy: steps
    """
    train, args = recipe.train, recipe.args
    if facts[DIALECT] != LLAMA_FACTORY or args.get("eval_dataset") or args.get("val_size"):
        return
    for key in ("eval_strategy", "evaluation_strategy"):
        if train.get(key) in ("steps", "epoch"):
            yield nothing_to_evaluate.at("train", key, key=key)


@rule(
    "TN726", Severity.ERROR, "{library} takes no {key}{hint}", needs=(DIALECT, TRAINING_ARGUMENTS, VERSIONS)
)
def key_that_llama_factory_lacks(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of the file is an argument of none of LLaMA-Factory's classes.

    Why: the file is refused before anything is loaded. What describes a data set stands in dataset_info.json.
    Library: llamafactory: ValueError, Some specified arguments are not used by the HfArgumentParser.
    Flags:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3, transformers 4.52.4
        stage: sft
        finetuning_type: lora
        role_tag: from
    Accepts:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3, transformers 4.52.4
        stage: sft
        finetuning_type: lora
        cutoff_len: 512
    """
    library = facts[TRAINING_ARGUMENTS]
    other = bool(OTHER_TRAINERS & recipe.args.keys())
    other = other or any(key.endswith("_model_parallel_size") for key in recipe.args)
    if facts[DIALECT] != LLAMA_FACTORY or "llamafactory" not in facts[VERSIONS] or other:
        return
    if not library.fields.keys() >= RECORDED:
        return
    for key in recipe.args:
        if key not in library.fields:
            near = difflib.get_close_matches(
                key, [one for one in library.fields if one not in recipe.args], 1
            )
            hint = f"; did you mean {near[0]}?" if near else ""
            title = f"LLaMA-Factory {facts[VERSIONS]['llamafactory']}"
            yield key_that_llama_factory_lacks.at("args", key, key=key, library=title, hint=hint)


RULES = (nothing_to_evaluate, key_that_llama_factory_lacks)
