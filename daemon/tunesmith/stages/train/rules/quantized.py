"""Rules about quantized weights that are trained in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_ARGUMENTS, SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

KEY = "bnb_4bit_quant_storage"


@rule("TN652", Severity.ERROR, "FSDP cannot cut weights that are stored as uint8: set {key} to {dtype}")
def quantized_storage_under_fsdp(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """4-bit weights are trained under FSDP in the storage that bitsandbytes chooses.

    Why: FSDP flattens a layer into one tensor, and quantized weights are kept as uint8 beside the floats of
    the others.
    Library: torch: ValueError, Must flatten tensors with uniform dtype but got torch.bfloat16 and
    torch.uint8; ValueError, Cannot flatten integer dtype tensors.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.28.0
        model_name_or_path: m
        load_in_4bit: true
        lora_r: 8
        fsdp: full_shard auto_wrap
        bf16: true
        ---
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.39.3
        # script BitsAndBytesConfig(load_in_4bit=args.load_in_4bit)
        load_in_4bit: true
        fsdp: full_shard auto_wrap
        num_train_epochs: 1
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.28.0
        model_name_or_path: m
        load_in_4bit: true
        bnb_4bit_quant_storage: bfloat16
        lora_r: 8
        fsdp: full_shard auto_wrap
        bf16: true
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.3, trl 0.14.0
        model_name_or_path: m
        torch_dtype: bfloat16
        load_in_4bit: true
        lora_r: 8
        fsdp: full_shard auto_wrap
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.28.0
        model_name_or_path: m
        load_in_4bit: true
        lora_r: 8
        bf16: true
    """
    load = recipe.model.load if recipe.model else {}
    if load.get("load_in_4bit") is not True or not under_fsdp(recipe) or not takes_storage(recipe, facts):
        return
    if load.get(KEY) in (None, "uint8"):
        half = recipe.train.get("bf16") or recipe.accelerate.get("mixed_precision") == "bf16"
        dtype = "bfloat16" if half else "float16"
        fix = Fix(f"Set {KEY}: {dtype}", (SetValue(("model", "load", KEY), dtype),), preferred=True)
        yield quantized_storage_under_fsdp.at(
            "model", "load", "load_in_4bit", key=KEY, dtype=dtype, fixes=(fix,) if has_key(facts) else ()
        )


@rule("TN653", Severity.ERROR, "FSDP cannot cut weights that are kept in 8 bits: load them in 4, or whole")
def eight_bits_under_fsdp(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """8-bit weights are trained under FSDP.

    Why: FSDP flattens a layer into one tensor, and such weights are int8 whatever is asked for.
    Library: torch: ValueError, Must flatten tensors with uniform dtype but got torch.float16 and torch.int8.
    Flags:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.39.3
        load_in_8bit: true
        fsdp: full_shard auto_wrap
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.39.3
        load_in_8bit: false
        fsdp: full_shard auto_wrap
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.39.3
        load_in_8bit: true
        num_train_epochs: 1
        save_strategy: epoch
    """
    load = recipe.model.load if recipe.model else {}
    if load.get("load_in_8bit") is True and under_fsdp(recipe):
        yield eight_bits_under_fsdp.at("model", "load", "load_in_8bit")


@rule("TN654", Severity.ERROR, "Weights are loaded in 4 or in 8 bits, not both")
def two_quantizations(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """4 bits and 8 bits are both asked for.

    Why: the model is not loaded.
    Library: transformers, BitsAndBytesConfig: ValueError, load_in_4bit and load_in_8bit are both True, but
    only one can be used at the same time; trl and axolotl say the same.
    Flags:
        # launch trl sft --config train.yaml
        model_name_or_path: m
        load_in_4bit: true
        load_in_8bit: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch trl sft --config train.yaml
        model_name_or_path: m
        load_in_4bit: true
        load_in_8bit: false
        num_train_epochs: 1
        save_strategy: epoch
    """
    load = recipe.model.load if recipe.model else {}
    if load.get("load_in_4bit") is True and load.get("load_in_8bit") is True:
        fix = Fix("Change to false", (SetValue(("model", "load", "load_in_8bit"), "false"),), preferred=True)
        yield two_quantizations.at("model", "load", "load_in_8bit", fixes=(fix,))


@rule(
    "TN655",
    Severity.ERROR,
    "The weights of {path} are quantized ({method}) and nothing is added that could be trained",
    needs=(MODEL, SCRIPT_USE, VERSIONS),
)
def quantized_model_without_adapter(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model whose folder holds quantized weights is trained without an adapter.

    Why: rounded weights have no gradients.
    Library: transformers since 4.35, Trainer: ValueError, You cannot perform fine-tuning on purely quantized
    models.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # file m/config.json: {"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # file m/config.json: {"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}
        # script Trainer(get_peft_model(AutoModelForCausalLM.from_pretrained(args.model_name_or_path)))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    """
    written, use = facts[MODEL].config.get("quantization_config"), facts[SCRIPT_USE]
    if not isinstance(written, Mapping) or before(facts[VERSIONS], "transformers", (4, 35)) is not False:
        return
    adapts = use.lora is not None or bool({"get_peft_model", "get_peft_config", "add_adapter"} & use.calls)
    unpacks = bool({"dequantize"} & use.calls)
    if use.trainer and use.model_class and not adapts and not unpacks and not recipe.peft:
        method = cast(Mapping[str, Any], written).get("quant_method", "bitsandbytes")
        path = recipe.model.name_or_path if recipe.model else ""
        yield quantized_model_without_adapter.at("model", "name_or_path", path=path, method=method)


def under_fsdp(recipe: Recipe) -> bool:
    """Whether FSDP of version 1 cuts the model."""
    config = recipe.accelerate.get("fsdp_config")
    newer = isinstance(config, Mapping) and cast(Mapping[str, Any], config).get("fsdp_version") == 2
    asked = recipe.accelerate.get("distributed_type") == "FSDP" or bool(recipe.train.get("fsdp"))
    return asked and not newer


def takes_storage(recipe: Recipe, facts: Facts) -> bool:
    """Whether the storage is what the file says, and not what a script or a library chooses."""
    if recipe.script is None:
        # TRL had no key for it at first, and took the dtype of the weights.
        return has_key(facts)
    use = facts.get(SCRIPT_USE)
    given = use.quantization if use is not None else None
    return given is not None and (KEY not in given or KEY in (recipe.model.load if recipe.model else {}))


def has_key(facts: Facts) -> bool:
    """Whether the storage can be said in the file."""
    library, script = facts.get(TRAINING_ARGUMENTS), facts.get(SCRIPT_ARGUMENTS)
    return (library is not None and KEY in library.fields) or (script is not None and KEY in script.own)


RULES = (
    quantized_storage_under_fsdp,
    eight_bits_under_fsdp,
    two_quantizations,
    quantized_model_without_adapter,
)
