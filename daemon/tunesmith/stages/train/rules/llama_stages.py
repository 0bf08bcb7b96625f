"""Rules about the stage of a LLaMA-Factory file: its data, and whether anything is trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DATASETS, DIALECT, STARTED
from tunesmith.stages.train.rules.llama_datasets import names
from tunesmith.stages.train.rules.llama_keys import LLAMA_FACTORY

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

RANKING = ("dpo", "orpo", "rm")
"""Stages that learn from pairs, of which one text is the better one."""
SINGLE = ("kto", "ppo", "pt", "sft")
DOES = ("do_train", "do_eval", "do_predict")


@rule("TN728", Severity.ERROR, "Stage {stage} {wants}, and {name} {has}", needs=(DATASETS, DIALECT))
def dataset_of_another_stage(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data set of pairs is trained on without preferences, or one without pairs with them.

    Why: `ranking: true` in `dataset_info.json` says that a data set holds pairs; the tokenizer is loaded,
    then the run ends.
    Library: llamafactory: ValueError, The dataset is not applicable in the current training stage; of kto
    RuntimeError, Cannot find valid samples.
    Flags:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "notes.json"}}
        stage: dpo
        finetuning_type: lora
        dataset: notes
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"pairs": {"file_name": "p.json", "ranking": true}}
        stage: sft
        finetuning_type: lora
        dataset: pairs
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "notes.json"}}
        stage: kto
        finetuning_type: lora
        dataset: notes
    Accepts:
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "notes.json"}}
        stage: sft
        finetuning_type: lora
        dataset: notes
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"pairs": {"file_name": "p.json", "ranking": true}}
        stage: dpo
        finetuning_type: lora
        dataset: pairs
        ---
        # launch llamafactory-cli train train.yaml
        # file data/dataset_info.json: {"notes": {"file_name": "n.json", "columns": {"kto_tag": "label"}}}
        stage: kto
        finetuning_type: lora
        dataset: notes
    """
    stage = recipe.args.get("stage", "sft")
    if facts[DIALECT] != LLAMA_FACTORY or stage not in (*RANKING, *SINGLE):
        return
    for key in ("dataset", "eval_dataset"):
        for name in names(recipe, key):
            about = facts[DATASETS].get(name)
            ranks = isinstance(about, Mapping) and cast("Mapping[str, Any]", about).get("ranking", False)
            if isinstance(about, Mapping) and isinstance(ranks, bool) and ranks != (stage in RANKING):
                wants = "takes no pairs" if ranks else "learns from pairs"
                has = "has ranking: true" if ranks else "has no ranking: true in dataset_info.json"
                yield dataset_of_another_stage.at(
                    "args", key, on="value", stage=stage, wants=wants, name=name, has=has
                )
    listed = names(recipe)
    about = facts[DATASETS].get(listed[0]) if stage == "kto" and len(listed) == 1 else None
    columns = cast("Mapping[str, Any]", about).get("columns", {}) if isinstance(about, Mapping) else None
    if isinstance(columns, Mapping) and "kto_tag" not in columns:
        has = "names no kto_tag among its columns: every row is dropped"
        wants = "learns from rows that are good or bad"
        yield dataset_of_another_stage.at(
            "args", "dataset", on="value", stage=stage, wants=wants, name=listed[0], has=has
        )


@rule("TN729", Severity.WARNING, "Nothing is trained without do_train: true", needs=(DIALECT,))
def nothing_is_trained(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A LLaMA-Factory file is launched to train, and does not ask for a training.

    Why: the model is loaded and the data prepared, and then the run ends, as if all was well.
    Library: silent.
    Flags:
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        finetuning_type: lora
        dataset: notes
        output_dir: out
    Accepts:
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        do_train: true
        finetuning_type: lora
        dataset: notes
        output_dir: out
        ---
        # launch llamafactory-cli train train.yaml
        model_name_or_path: m
        stage: sft
        do_predict: true
        finetuning_type: lora
        eval_dataset: notes
        output_dir: out
        ---
        # launch llamafactory-cli export train.yaml
        model_name_or_path: m
        template: qwen
        finetuning_type: lora
        export_dir: out
    """
    said = {**recipe.train, **recipe.args}
    started = facts.get(STARTED)
    trains = started is not None and started.program == "llamafactory-cli" and "export_dir" not in said
    if facts[DIALECT] != LLAMA_FACTORY or not trains or not {"stage", "dataset"} <= said.keys():
        return
    if not said.keys() & {*DOES} and "output_dir" in said:
        fix = Fix("Set do_train: true", (SetValue(("train", "do_train"), "true"),), preferred=True)
        yield nothing_is_trained.at("args", "stage", fixes=(fix,))


RULES = (dataset_of_another_stage, nothing_is_trained)
