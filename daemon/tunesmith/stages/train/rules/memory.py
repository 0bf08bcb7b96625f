"""Rules about the memory that a training takes before the first activation: weights, gradients, optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, MODEL, SCRIPT_USE, VERSIONS, WORLD_SIZE
from tunesmith.facts.parameters import parameter_count
from tunesmith.facts.release import before
from tunesmith.stages.train.memory import States, states
from tunesmith.stages.train.rules.deepspeed_values import zero_stage

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

GIB = 2**30


@rule(
    "TN651",
    Severity.ERROR,
    "{parameters:.1f} billion parameters take {needed:.0f} GiB on each GPU before the first step; "
    "{gpu} has {has:.0f}",
    needs=(GPUS, MODEL),
)
def state_exceeds_memory(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Weights, gradients and the optimizer's state do not fit into the memory of a GPU.

    Why: the run ends when they are made, at the latest in the first optimizer step. Counted is what is
    certain: no activations, AdamW's two moments in the precision of the weights, shares where FSDP or ZeRO
    cut them.
    Library: torch: OutOfMemoryError, CUDA out of memory.
    Flags:
        # launch torchrun --nproc_per_node 4 train.py train.yaml
        # packages transformers 4.28.1
        # gpus 4 x RTX 3090, 8.6, 24 GiB
        # file m/config.json: {"model_type":"gpt2","n_embd":6000,"n_layer":16,"vocab_size":1,"n_positions":1}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        fsdp: full_shard auto_wrap
    Accepts:
        # launch torchrun --nproc_per_node 4 train.py train.yaml
        # packages transformers 4.28.1
        # gpus 4 x RTX 3090, 8.6, 24 GiB
        # file m/config.json: {"model_type":"gpt2","n_embd":6000,"n_layer":16,"vocab_size":1,"n_positions":1}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        fsdp: full_shard auto_wrap offload
    """
    count = parameter_count(facts[MODEL].config)
    gpus = [gpu for gpu in facts[GPUS] if gpu.memory_gib is not None]
    if count is None or not gpus or recipe.train.get("use_cpu") or adapts(recipe, facts):
        return
    needed = bytes_on_each(recipe, facts, count)
    gpu = min(gpus, key=lambda one: one.memory_gib or 0.0)
    if needed is not None and needed > (gpu.memory_gib or 0.0) * GIB:
        yield state_exceeds_memory.at(
            "model",
            "name_or_path",
            parameters=count / 1e9,
            needed=needed / GIB,
            gpu=gpu.name,
            has=gpu.memory_gib,
        )


def adapts(recipe: Recipe, facts: Facts) -> bool:
    """Whether only some of the parameters are trained, or may be."""
    use = facts.get(SCRIPT_USE)
    added = use is not None and (
        use.lora is not None or bool({"get_peft_model", "get_peft_config"} & use.calls)
    )
    method = recipe.args.get("finetuning_type", "full")
    adapter = recipe.args.get("adapter") or recipe.args.get("use_peft")
    load = recipe.model.load if recipe.model else {}
    return bool(recipe.peft) or added or method != "full" or bool(adapter) or bool(load.get("device_map"))


def bytes_on_each(recipe: Recipe, facts: Facts, count: int) -> float | None:
    """What one process holds of weights, gradients and AdamW's state; None where that is not certain."""
    if str(recipe.train.get("optim", "adamw_torch")) not in ("adamw_torch", "adamw_torch_fused", "adamw_hf"):
        return None
    each = weight_bytes(recipe, facts)
    world = facts.get(WORLD_SIZE)
    stage, offloads = zero_stage(recipe, facts), _offloads(recipe)
    sharded = _is_fully_sharded(recipe)
    if offloads or sharded is None or (world is None and (sharded or stage)):
        return None
    cut = 3 if sharded else stage or 0
    held = states(States(count, count, each, each, "adamw_torch", cut, world or 1))
    return None if held is None else held.states


def weight_bytes(recipe: Recipe, facts: Facts) -> int:
    """The least that a weight takes: 2 bytes unless it is certainly loaded in 32 bits."""
    use = facts.get(SCRIPT_USE)
    load = recipe.model.load if recipe.model else {}
    if use is None or any(key in load for key in ("dtype", "torch_dtype")):
        return 2
    loaded = use.loads.get(use.model_class or "", None)
    plain = loaded is not None and not {"torch_dtype", "dtype"} & loaded.keys()
    # transformers 5 loads weights as they are kept.
    older = before(facts.get(VERSIONS) or {}, "transformers", (5,)) is True
    casts = bool({"half", "bfloat16", "to"} & use.calls)
    return 4 if plain and older and not casts and not recipe.deepspeed else 2


def _is_fully_sharded(recipe: Recipe) -> bool | None:
    """None for a way of sharding whose shares are not plain."""
    written = recipe.train.get("fsdp")
    if recipe.accelerate.get("distributed_type") in ("FSDP", "MEGATRON_LM"):
        return None
    if not written:
        return False
    words = written.split() if isinstance(written, str) else []
    return True if "full_shard" in words else None


def _offloads(recipe: Recipe) -> bool:
    zero: Any = recipe.deepspeed.get("zero_optimization") if isinstance(recipe.deepspeed, Mapping) else None
    parts = cast(Mapping[str, Any], zero) if isinstance(zero, Mapping) else {}
    own: Any = recipe.accelerate.get("deepspeed_config")
    more = cast(Mapping[str, Any], own) if isinstance(own, Mapping) else {}
    named = [parts.get(key) for key in ("offload_optimizer", "offload_param")]
    named += [more.get(key) for key in ("offload_optimizer_device", "offload_param_device")]
    return "offload" in str(recipe.train.get("fsdp")) or any(one not in (None, "none") for one in named)


RULES = (state_exceeds_memory,)
