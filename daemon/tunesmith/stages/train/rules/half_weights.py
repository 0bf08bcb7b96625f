"""Weights that are loaded in fp16 and trained in mixed precision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.facts.script_use import ScriptUse

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

HALF = ("float16", "fp16", "half", "torch.float16", "torch.half")
CASTS = frozenset(
    (
        "cast_mixed_precision_params",
        "float",
        "prepare_model_for_int8_training",
        "prepare_model_for_kbit_training",
        "to",
    )
)
"""Calls that bring what is trained to fp32, or may."""
WHOLE = ("run_clm.py", "run_mlm.py")
"""Scripts among the examples of transformers that train all of a model, in the dtype that they are told."""
ADAPTS = frozenset(("get_peft_model", "get_peft_config", "PeftModel", "from_pretrained_peft"))


@rule("TN605", Severity.ERROR, "Mixed precision needs weights in fp32, and these are loaded in fp16")
def half_weights_in_mixed_precision(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The trained weights are fp16 already, and fp16 is to scale their gradients.

    Why: the scaler takes gradients in fp32 alone. Adapters of peft before 0.12 have the format of the model.
    Library: torch: ValueError, Attempting to unscale FP16 gradients.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.29.1
        # script model = AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype)
        # script Trainer(model)
        torch_dtype: float16
        fp16: true
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.29.1
        # script model = AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype)
        # script Trainer(model)
        torch_dtype: float32
        fp16: true
        ---
        # launch python train.py train.yaml
        # packages transformers 4.44.2, peft 0.12.0
        # script model = AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype)
        # script Trainer(get_peft_model(model, LoraConfig(r=8)))
        torch_dtype: float16
        fp16: true
    """
    load = recipe.model.load if recipe.model else {}
    use = facts.get(SCRIPT_USE)
    literal = use.loads.get(use.model_class or "", {}) if use is not None else {}
    format_ = load.get("dtype") or literal.get("torch_dtype", literal.get("dtype"))
    parts = recipe.deepspeed or recipe.train.get("deepspeed") or recipe.train.get("fsdp")
    elsewhere = parts or recipe.accelerate.get("distributed_type") in ("DEEPSPEED", "FSDP", "MEGATRON_LM")
    quantized = any(load.get(key) for key in ("load_in_4bit", "load_in_8bit"))
    if format_ not in HALF or recipe.train.get("fp16") is not True or elsewhere or quantized:
        return
    if _trains_in_that_format(recipe, facts, use):
        path: RecipePath = ("model", "load", "dtype") if "dtype" in load else ("train", "fp16")
        fixes = (
            (Fix("Change to float32", (SetValue(path, "float32"),), preferred=True),)
            if "dtype" in load
            else ()
        )
        yield half_weights_in_mixed_precision.at(*path, on="value", fixes=fixes)


def _trains_in_that_format(recipe: Recipe, facts: Facts, use: ScriptUse | None) -> bool:
    if use is None and str(recipe.script).endswith(WHOLE):
        return True
    if use is None:
        library = facts.get(TRAINING_ARGUMENTS)
        by_trl = recipe.script is None and library is not None and library.package == "trl"
        return by_trl and not recipe.peft and recipe.args.get("use_peft") is not True
    if use.trainer is None or CASTS & use.outright or "float" in use.calls:
        return False
    if use.lora is None and not ADAPTS & use.calls:
        return True
    versions = facts.get(VERSIONS) or {}
    takes = before(versions, "peft", (0, 6)) is False and before(versions, "peft", (0, 12)) is True
    return takes and use.lora is not None and "get_peft_model" in use.outright


RULES = (half_weights_in_mixed_precision,)
