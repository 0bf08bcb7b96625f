"""What a training comes to before it starts: batch, steps, saves, memory, disk. What is not known is None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.facts.names import (
    HAS_ACCELERATOR,
    MODEL,
    TOKENIZER,
    TOTAL_STEPS,
    VERSIONS,
    WORLD_SIZE,
)
from tunesmith.facts.parameters import parameter_count
from tunesmith.facts.release import before
from tunesmith.facts.steps import DEFAULT_BATCH_SIZE
from tunesmith.stages.train.config import Task
from tunesmith.stages.train.memory import Layers, States, adapter_parameters
from tunesmith.stages.train.rules.deepspeed_values import zero_stage
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

DEFAULT_BLOCK = 1024
DEFAULT_SAVE_STEPS = 500


@dataclass(frozen=True)
class Batch:
    """Rows of one optimizer step."""

    each: int
    accumulated: int
    processes: int

    @property
    def rows(self) -> int:
        return self.each * self.accumulated * self.processes


@dataclass(frozen=True)
class Saves:
    """`last` is the step of the last checkpoint, `kept` how many are there at the end."""

    count: int
    last: int
    kept: int


def batch(recipe: Recipe, facts: Facts) -> Batch | None:
    train = recipe.train
    each = _whole(train.get("per_device_train_batch_size", DEFAULT_BATCH_SIZE))
    accumulated = _whole(train.get("gradient_accumulation_steps", 1))
    processes = facts.get(WORLD_SIZE) or _whole(recipe.accelerate.get("num_processes", 1))
    if each is None or accumulated is None or processes is None:
        return None
    # Ranks that hold parts of one model train on the same batches.
    together = _whole((recipe.model.distributed_config if recipe.model else {}).get("tp_size", 1))
    stages = recipe.pipeline.stages if recipe.pipeline else 1
    if together is None or processes % (together * stages):
        return None
    return Batch(each, accumulated, processes // (together * stages))


def warmup(recipe: Recipe, facts: Facts) -> int | None:
    """In steps, by TrainingArguments.get_warmup_steps; `warmup_ratio` is its older name for a share."""
    total = facts.get(TOTAL_STEPS)
    asked = number(recipe.train.get("warmup_steps", recipe.train.get("warmup_ratio")))
    if total is None or asked is None or asked < 0:
        return None
    return int(asked) if asked >= 1 else math.ceil(total * asked)


def saves(recipe: Recipe, facts: Facts) -> Saves | None:
    """By DefaultFlowCallback: transformers 5 saves at the last step too where it saves by steps."""
    total, versions = facts.get(TOTAL_STEPS), facts.get(VERSIONS)
    if total is None or versions is None or before(versions, "transformers", (5,)) is not False:
        return None
    every = number(recipe.train.get("save_steps", DEFAULT_SAVE_STEPS))
    if recipe.train.get("save_strategy", "steps") != "steps" or every is None or every <= 0:
        return None
    between = math.ceil(total * every) if every < 1 else int(every)
    count = max(math.ceil(total / between), 1)
    limit = _whole(recipe.train.get("save_total_limit"))
    return Saves(count, total, count if limit is None else min(count, limit))


def model_states(recipe: Recipe, facts: Facts) -> States | None:
    """What is held of the model, for the memory's formulas."""
    counted = _counted(recipe, facts)
    if counted is None or recipe.script or recipe.module or recipe.model is None or _is_cut(recipe):
        return None
    parameters, width = counted
    optimizer = str(recipe.train.get("optim", "adamw_torch_fused"))
    stage = zero_stage(recipe, facts) or 0
    processes = _whole(recipe.accelerate.get("num_processes", 1))
    if recipe.deepspeed is not None and (not isinstance(recipe.deepspeed, Mapping) or processes is None):
        return None
    halved = any(recipe.train.get(key) is True for key in ("bf16", "fp16"))
    master = recipe.deepspeed is not None and halved
    width = 2 if master else width
    if not recipe.peft:
        return States(parameters, parameters, width, width, optimizer, stage, processes or 1, master)
    added = _adapter(recipe, facts)
    # peft keeps an adapter in 32 bits.
    return (
        States(parameters + added, added, 4, width, optimizer, stage, processes or 1, master)
        if added
        else None
    )


def layers(recipe: Recipe, facts: Facts) -> Layers | None:
    """What the activations of a step depend on; the longest row is taken for all."""
    config = _config(recipe, facts)
    found = batch(recipe, facts)
    if found is None or recipe.data is None or recipe.model is None:
        return None
    hidden = _first(config, "hidden_size", "n_embd", "d_model")
    count = _first(config, "num_hidden_layers", "n_layer", "num_layers")
    heads = _first(config, "num_attention_heads", "n_head", "num_heads")
    vocabulary = _first(config, "vocab_size")
    if hidden is None or count is None or heads is None or vocabulary is None:
        return None
    positions = _first(config, "max_position_embeddings", "n_positions")
    is_language_model = recipe.task is Task.CAUSAL_LM
    asked = recipe.data.max_length or (DEFAULT_BLOCK if is_language_model else None)
    longest = min((one for one in (asked, positions) if one), default=None)
    if longest is None:
        return None
    halved = any(recipe.train.get(key) is True for key in ("bf16", "fp16"))
    return Layers(
        found.each,
        longest,
        hidden,
        count,
        heads,
        vocabulary,
        2 if halved else 4,
        recomputed=recipe.train.get("gradient_checkpointing") is True,
        whole_attention=config.get("attn_implementation") == "eager",
        every_token=is_language_model,
    )


def on_gpu(recipe: Recipe, facts: Facts) -> bool | None:
    if recipe.train.get("use_cpu") is True:
        return False
    return facts.get(HAS_ACCELERATOR)


def _counted(recipe: Recipe, facts: Facts) -> tuple[int, int] | None:
    """Parameters, and the bytes of each: as the file keeps them, or new ones in 32 bits."""
    model = facts.get(MODEL)
    if recipe.model is not None and recipe.model.config:
        count = parameter_count(_config(recipe, facts))
        return None if count is None else (count, 4)
    if model is None:
        return None
    if model.config.get("quantization_config"):
        return None
    if model.stored is not None and model.stored.parameters:
        width, rest = divmod(model.stored.bytes, model.stored.parameters)
        return (model.stored.parameters, width) if not rest and width in (2, 4) else None
    return None


def _config(recipe: Recipe, facts: Facts) -> Mapping[str, Any]:
    model, tokenizer = facts.get(MODEL), facts.get(TOKENIZER)
    if recipe.model is not None and recipe.model.config:
        size = {"vocab_size": tokenizer.size} if tokenizer is not None and tokenizer.size else {}
        return {**size, **recipe.model.config}
    return {} if model is None else model.config


def _adapter(recipe: Recipe, facts: Facts) -> int | None:
    """The parameters that LoRA adds; None where the adapted layers are not told by their names."""
    model, named = facts.get(MODEL), recipe.peft.get("target_modules")
    rank = _whole(recipe.peft.get("r", 8))
    if model is None or model.stored is None or not isinstance(named, list) or rank is None:
        return None
    if (
        recipe.peft.get("modules_to_save")
        or recipe.peft.get("rank_pattern")
        or recipe.task is not Task.CAUSAL_LM
    ):
        return None
    leaves = {str(one) for one in cast("list[object]", named)}
    adapted = [
        (shape[0], shape[1])
        for name, shape in model.stored.shapes.items()
        if len(shape) == 2 and name.endswith(".weight") and name.split(".")[-2] in leaves
    ]
    return adapter_parameters(adapted, rank) if adapted else None


def _is_cut(recipe: Recipe) -> bool:
    """Ways of cutting a model whose shares are not plain."""
    parts = recipe.model.distributed_config if recipe.model else {}
    fsdp = bool(recipe.train.get("fsdp")) or recipe.accelerate.get("distributed_type") in (
        "FSDP",
        "MEGATRON_LM",
    )
    return bool(parts) or recipe.pipeline is not None or fsdp


def _first(config: Mapping[str, Any], *names: str) -> int | None:
    return next((found for name in names if (found := _whole(config.get(name))) is not None), None)


def _whole(found: object) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
