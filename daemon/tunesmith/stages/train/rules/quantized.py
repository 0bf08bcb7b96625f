"""Rules about quantized weights that are trained in parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

KEY = "bnb_4bit_quant_storage"


@rule("TN652", Severity.ERROR, "FSDP cannot cut weights that are stored as uint8: set {key} to {dtype}")
def quantized_storage_under_fsdp(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """4-bit weights are trained under FSDP in the storage that bitsandbytes chooses.

    Why: FSDP flattens a layer into one tensor, and quantized weights are kept as uint8 beside the others'
    floats.
    Library: torch: ValueError, Must flatten tensors with uniform dtype but got torch.bfloat16 and
    torch.uint8.
    Flags:
        # launch trl sft --config train.yaml
        model_name_or_path: m
        load_in_4bit: true
        lora_r: 8
        fsdp: full_shard auto_wrap
        bf16: true
    Accepts:
        # launch trl sft --config train.yaml
        model_name_or_path: m
        load_in_4bit: true
        bnb_4bit_quant_storage: bfloat16
        lora_r: 8
        fsdp: full_shard auto_wrap
        bf16: true
        ---
        # launch trl sft --config train.yaml
        model_name_or_path: m
        load_in_4bit: true
        lora_r: 8
        bf16: true
    """
    load = recipe.model.load if recipe.model else {}
    config = recipe.accelerate.get("fsdp_config")
    newer = isinstance(config, dict) and config.get("fsdp_version") == 2
    sharded = recipe.accelerate.get("distributed_type") == "FSDP" or bool(recipe.train.get("fsdp"))
    use = facts.get(SCRIPT_USE)
    chosen = use is not None and KEY in (use.quantization or {}) and KEY not in (recipe.args or {})
    if load.get("load_in_4bit") is not True or not sharded or newer:
        return
    if load.get(KEY) in (None, "uint8") and not chosen:
        dtype = (
            "bfloat16"
            if recipe.train.get("bf16") or recipe.accelerate.get("mixed_precision") == "bf16"
            else "float16"
        )
        path = ("model", "load", KEY)
        fix = Fix(f"Set {KEY}: {dtype}", (SetValue(path, dtype),), preferred=True)
        yield quantized_storage_under_fsdp.at(
            "model", "load", "load_in_4bit", key=KEY, dtype=dtype, fixes=(fix,)
        )


RULES = (quantized_storage_under_fsdp,)
