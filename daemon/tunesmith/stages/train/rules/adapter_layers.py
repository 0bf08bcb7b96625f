"""Rules about the layers that LoRA is to adapt, and about keys of `peft` that refuse each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, MODEL, VERSIONS
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

COUNTS = ("num_hidden_layers", "n_layer", "num_layers")


@rule("TN507", Severity.ERROR, "{problem}")
def adapter_keys_refuse_each_other(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Keys of `peft` are given together, or one without the other, and LoraConfig refuses that.

    Why: the config is made after the model is loaded.
    Library: peft, LoraConfig: ValueError, `layers_to_transform` cannot be used when `target_modules` is a
    str; `layers_pattern` cannot be used when `target_modules` is a str; since 0.14 When `layers_pattern` is
    specified, `layers_to_transform` must also be specified; `loftq_config` must be specified when
    `init_lora_weights` is 'loftq'; The argument lora_bias=True is only supported with …, or not for DoRA.
    Flags:
        peft: {target_modules: all-linear, layers_to_transform: [0, 1]}
        ---
        # packages peft 0.15.2
        peft: {layers_pattern: layers}
        ---
        peft: {init_lora_weights: loftq}
        ---
        peft: {lora_bias: true, use_dora: true}
    Accepts:
        peft: {target_modules: [q_proj], layers_to_transform: [0, 1], layers_pattern: layers}
        ---
        # packages peft 0.12.0
        peft: {layers_pattern: layers}
        ---
        peft: {init_lora_weights: loftq, loftq_config: {loftq_bits: 4}}
        ---
        peft: {lora_bias: true, use_dora: false, init_lora_weights: true}
    """
    peft = recipe.peft
    # A script may make a list of the text, or give what a file lacks.
    if DIALECT in facts:
        return
    if isinstance(peft.get("target_modules"), str):
        for key in ("layers_to_transform", "layers_pattern"):
            if peft.get(key) is not None:
                problem = f"{key} goes with a list of target_modules, not with a text"
                yield adapter_keys_refuse_each_other.at("peft", key, problem=problem)
    newer = before(facts.get(VERSIONS) or {}, "peft", (0, 14)) is False
    if peft.get("layers_pattern") and peft.get("layers_to_transform") is None and newer:
        problem = "layers_pattern says where layers are numbered: layers_to_transform is missing"
        yield adapter_keys_refuse_each_other.at("peft", "layers_pattern", problem=problem)
    start = peft.get("init_lora_weights")
    if start == "loftq" and not peft.get("loftq_config"):
        problem = "loftq needs a loftq_config, with its loftq_bits"
        yield adapter_keys_refuse_each_other.at("peft", "init_lora_weights", on="value", problem=problem)
    if peft.get("lora_bias") is True:
        other = "use_dora: true" if peft.get("use_dora") is True else None
        other = f"init_lora_weights: {start}" if isinstance(start, str) else other
        if other:
            problem = f"lora_bias does not go with {other}"
            yield adapter_keys_refuse_each_other.at("peft", "lora_bias", problem=problem)


@rule("TN508", Severity.ERROR, "The model has the layers 0 to {last}, and not {asked}", needs=(MODEL,))
def adapter_on_no_layer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """All layers of `layers_to_transform` are beyond the model's last.

    Why: layers are counted from 0. No module is found to adapt.
    Library: peft, inject_adapter: ValueError, Target modules {…} not found in the base model.
    Flags:
        # file m/config.json: {"model_type": "llama", "num_hidden_layers": 4}
        model: {name_or_path: ./m}
        peft: {target_modules: [q_proj], layers_to_transform: [4, 5]}
        ---
        # file m/config.json: {"model_type": "llama", "num_hidden_layers": 4}
        model: {name_or_path: ./m}
        peft: {target_modules: [q_proj], layers_to_transform: 4}
    Accepts:
        # file m/config.json: {"model_type": "llama", "num_hidden_layers": 4}
        model: {name_or_path: ./m}
        peft: {target_modules: [q_proj], layers_to_transform: [3, 4]}
        ---
        # file m/config.json: {"model_type": "llama", "num_hidden_layers": 4}
        model: {name_or_path: ./m}
        peft: {target_modules: [q_proj]}
    """
    written = recipe.peft.get("layers_to_transform")
    asked = cast("list[object]", written) if isinstance(written, list) else [written]
    wholes = [one for one in asked if isinstance(one, int) and not isinstance(one, bool)]
    counts = [count for key in COUNTS if isinstance(count := facts[MODEL].config.get(key), int)]
    if counts and wholes and len(wholes) == len(asked) and min(wholes) >= max(counts):
        named = ", ".join(str(one) for one in wholes)
        yield adapter_on_no_layer.at(
            "peft", "layers_to_transform", on="value", last=max(counts) - 1, asked=named
        )


@rule("TN509", Severity.ERROR, "{start} starts from whole weights, and these are loaded in {bits} bits")
def pissa_of_quantized_weights(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An adapter is to start from the main parts of the weights, and the weights are rounded.

    Why: the parts are reckoned from the weights as they are loaded. QLoRA with them takes two steps:
    the start is made from whole weights and saved, and what remains of them is rounded.
    Library: peft, pissa_init: TypeError, Please initialize PiSSA under float32, float16, or bfloat16.
    Flags:
        # launch python train.py train.yaml
        # script get_peft_model(m, LoraConfig(init_lora_weights=args.init_lora_weights))
        load_in_4bit: true
        init_lora_weights: pissa_niter_16
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # script get_peft_model(m, LoraConfig(init_lora_weights=args.init_lora_weights))
        load_in_4bit: true
        init_lora_weights: gaussian
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # script get_peft_model(m, LoraConfig(init_lora_weights=args.init_lora_weights))
        load_in_4bit: false
        init_lora_weights: pissa
        num_train_epochs: 1
    """
    load, start = recipe.model.load if recipe.model else {}, recipe.peft.get("init_lora_weights")
    bits = next((name[8] for name in ("load_in_4bit", "load_in_8bit") if load.get(name) is True), None)
    if bits and isinstance(start, str) and start.startswith("pissa"):
        yield pissa_of_quantized_weights.at("peft", "init_lora_weights", on="value", start=start, bits=bits)


RULES = (adapter_keys_refuse_each_other, adapter_on_no_layer, pissa_of_quantized_weights)
