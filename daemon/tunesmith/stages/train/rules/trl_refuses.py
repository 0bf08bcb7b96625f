"""Rules about what TRL's trainers do not take together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import (
    SCRIPT_USE,
    TRAIN_COLUMNS,
    TRAINING_ARGUMENTS,
    VERSIONS,
    WORLD_SIZE,
)
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed_values import zero_stage
from tunesmith.stages.train.rules.trl_refusals import REFUSALS, Asked
from tunesmith.stages.train.rules.trl_words import REFUSALS as WORDS
from tunesmith.stages.train.rules.written import value

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN271", Severity.ERROR, "TRL: {text}", needs=(TRAINING_ARGUMENTS, VERSIONS))
def refused_by_trl(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Settings of TRL exclude each other, or one does not fit the data or the batch.

    Why: the arguments or the trainer refuse them; for the trainer the model has been loaded by then.
    Library: trl: ValueError, generation_batch_size must be divisible by num_generations, and its like.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 5.12.0, trl 1.6.0
        model_name_or_path: m
        padding_free: true
        max_length: 1024
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.24.0
        # file d/train.jsonl: {"text": ""}
        model_name_or_path: m
        dataset_name: d
        assistant_only_loss: true
        ---
        # launch accelerate launch --num_processes 1 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig))
        # packages transformers 4.57.3, trl 0.24.0
        num_generations: 8
        generation_batch_size: 20
        per_device_train_batch_size: 4
        ---
        # launch accelerate launch --num_processes 1 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig))
        # packages transformers 4.53.3, trl 0.19.1
        num_generations: 8
        eval_strategy: steps
        per_device_train_batch_size: 8
        per_device_eval_batch_size: 4
        ---
        # launch trl kto --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        per_device_train_batch_size: 1
        ---
        # launch trl dpo --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        precompute_ref_log_probs: true
        sync_ref_model: true
        ---
        # launch trl grpo --config train.yaml
        # packages transformers 4.56.2, trl 0.23.1
        model_name_or_path: m
        use_vllm: true
        vllm_mode: colocated
        ---
        # launch trl grpo --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        loss_type: dapo
        ---
        # launch trl grpo --config train.yaml
        # packages transformers 4.56.2, trl 0.23.1
        model_name_or_path: m
        reward_funcs: [accuracy_reward, think_format_reward]
        reward_weights: [1.0]
        ---
        # launch trl dpo --config train.yaml
        # packages transformers 4.56.2, trl 0.23.1
        model_name_or_path: m
        loss_type: [sigmoid, sff]
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 5.12.0, trl 1.6.0
        model_name_or_path: m
        padding_free: true
        packing: true
        max_length: 1024
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.24.0
        # file d/train.jsonl: {"messages": []}
        model_name_or_path: m
        dataset_name: d
        assistant_only_loss: true
        ---
        # launch accelerate launch --num_processes 1 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig))
        # packages transformers 4.57.3, trl 0.24.0
        num_generations: 8
        generation_batch_size: 32
        per_device_train_batch_size: 4
        per_device_eval_batch_size: 4
        ---
        # launch trl kto --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        per_device_train_batch_size: 2
        ---
        # launch trl grpo --config train.yaml
        # packages transformers 4.56.2, trl 0.23.1
        model_name_or_path: m
        reward_model_name_or_path: r
        reward_funcs: [accuracy_reward]
        reward_weights: [1.0, 0.5]
        loss_type: dapo
        scale_rewards: false
        vllm_mode: colocated
        ---
        # launch accelerate launch --num_processes 1 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig)); OwnTrainer("m")
        # packages transformers 4.56.2, trl 0.23.1
        loss_type: own
    """
    library, versions, train = facts[TRAINING_ARGUMENTS], facts[VERSIONS], recipe.train
    if library.package != "trl":
        return
    use = facts.get(SCRIPT_USE)
    # What a script makes of its data before the trainer sees it, nobody knows here.
    columns = facts.get(TRAIN_COLUMNS) if recipe.script is None else None
    adapts = recipe.args.get("use_peft", train.get("use_peft")) is True and (
        use is None or "get_peft_config" in use.calls
    )
    own = Asked(
        {key: value(train, library, key) for key in library.fields},
        facts.get(WORLD_SIZE),
        zero_stage(recipe, facts),
        adapts,
        columns,
        _rewards(recipe) if recipe.script is None else None,
    )
    # A trainer of the script's own may know more words.
    plain = recipe.script is None or (use is not None and use.trainer is not None and not use.overrides)
    for one in (*REFUSALS, *(WORDS if plain else ())):
        key = next((key for key in one.keys if key in train), None)
        begun = before(versions, "trl", one.since) is False
        ended = one.until is not None and before(versions, "trl", one.until) is not True
        if library.name == one.of and key is not None and begun and not ended and one.applies(own):
            yield refused_by_trl.at("train", key, on="value", text=one.text)


def _rewards(recipe: Recipe) -> int | None:
    """How many functions TRL's own script gives to the trainer."""
    listed = recipe.args.get("reward_funcs", recipe.train.get("reward_funcs"))
    named = recipe.args.get("reward_model_name_or_path", recipe.train.get("reward_model_name_or_path"))
    if not isinstance(listed, list):
        return None
    return len(cast("list[Any]", listed)) + (1 if named else 0)


RULES = (refused_by_trl,)
