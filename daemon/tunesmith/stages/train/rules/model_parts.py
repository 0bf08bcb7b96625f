"""Rules about the names of layers that settings speak of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL_PARTS, SCRIPT_USE

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

HEADS = ("score", "classifier")
PLAIN = re.compile(r"\w+(?:\s*,\s*\w+)*")
"""Names apart by commas, and no pattern."""
WRAP_KEYS: Sequence[RecipePath] = (
    ("train", "fsdp_transformer_layer_cls_to_wrap"),
    ("train", "fsdp_config", "transformer_layer_cls_to_wrap"),
    ("train", "fsdp_config", "fsdp_transformer_layer_cls_to_wrap"),
    ("accelerate", "fsdp_config", "fsdp_transformer_layer_cls_to_wrap"),
    ("args", "fsdp_config", "fsdp_transformer_layer_cls_to_wrap"),
)


@rule("TN641", Severity.ERROR, "Models of type {model_type} have no {name}{hint}", needs=(MODEL_PARTS,))
def wrapped_layer_is_not_there(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FSDP is to wrap a class of layers that the model does not have.

    Why: the model is loaded on every rank, and wrapping it ends the run.
    Library: accelerate: ValueError, Could not find the transformer layer class … in the model. Before 0.34:
    Exception, Could not find the transformer layer class to wrap in the model.
    Flags:
        # launch trl sft --config train.yaml
        # file m/config.json: {"model_type": "llama"}
        model_name_or_path: m
        fsdp_transformer_layer_cls_to_wrap: LLaMADecoderLayer
    Accepts:
        # launch trl sft --config train.yaml
        # file m/config.json: {"model_type": "llama"}
        model_name_or_path: m
        fsdp_transformer_layer_cls_to_wrap: LlamaDecoderLayer
    """
    parts = facts[MODEL_PARTS]
    for path in WRAP_KEYS:
        written = _at(recipe, path)
        for name in _names(written) if parts.classes else ():
            if name not in parts.classes:
                near = difflib.get_close_matches(name, parts.classes, 1)
                hint = f"; there is {near[0]}" if near else f"; its layers are {_layers(parts.classes)}"
                alone = near and written == name
                fixes = (
                    (Fix(f"Change to {near[0]}", (SetValue(path, near[0]),), preferred=True),)
                    if alone
                    else ()
                )
                yield wrapped_layer_is_not_there.at(
                    *path, on="value", model_type=parts.model_type, name=name, hint=hint, fixes=fixes
                )


@rule(
    "TN516",
    Severity.ERROR,
    "Models of type {model_type} have no layers named {names}; they have {layers}",
    needs=(MODEL_PARTS,),
)
def no_layer_to_adapt(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """None of the layers that LoRA is to adapt is in the model.

    Why: the model is loaded, and adding the adapter ends the run.
    Library: peft: ValueError, Target modules … not found in the base model.
    Flags:
        # launch trl sft --config train.yaml
        # file m/config.json: {"model_type": "bloom"}
        model_name_or_path: m
        lora_target_modules: [q_proj, v_proj]
    Accepts:
        # launch trl sft --config train.yaml
        # file m/config.json: {"model_type": "bloom"}
        model_name_or_path: m
        lora_target_modules: [query_key_value]
        ---
        # launch trl sft --config train.yaml
        # file m/config.json: {"model_type": "bloom"}
        model_name_or_path: m
        lora_target_modules: all-linear
    """
    parts = facts[MODEL_PARTS]
    written = recipe.peft.get("target_modules")
    plain = isinstance(written, list) or (written != "all-linear" and PLAIN.fullmatch(str(written)))
    names = [name.rpartition(".")[2] for name in _names(written)] if plain else []
    if names and parts.layers and not set(names) & parts.layers:
        yield no_layer_to_adapt.at(
            "peft",
            "target_modules",
            on="value",
            model_type=parts.model_type,
            names=", ".join(names),
            layers=", ".join(sorted(parts.layers)),
        )


@rule(
    "TN517",
    Severity.WARNING,
    "{name} is the new classifier: it is trained whole, and adapting it breaks that",
)
def adapted_classifier(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """LoRA is to adapt the head that a classifier gets new.

    Why: peft trains and keeps the new head as a whole, beside the adapter. A head that is adapted as well is
    kept as it was at random, with a small correction.
    Library: silent.
    Flags:
        # launch python train.py train.yaml
        # script LoraConfig(task_type="SEQ_CLS")
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        model_name_or_path: m
        target_modules: [q_proj, score]
    Accepts:
        # launch python train.py train.yaml
        # script LoraConfig(task_type="SEQ_CLS")
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        model_name_or_path: m
        target_modules: [q_proj, v_proj]
    """
    use = facts.get(SCRIPT_USE)
    classifies = use is not None and (use.model_class or "").endswith("Classification")
    for name in _names(recipe.peft.get("target_modules")) if classifies else ():
        if name in HEADS:
            yield adapted_classifier.at("peft", "target_modules", name=name)


@rule(
    "TN518", Severity.WARNING, "New tokens need their embeddings trained: name {modules} in modules_to_save"
)
def new_tokens_stay_random(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Tokens are added, and with LoRA neither the embeddings nor the output layer are trained.

    Why: the rows of the new tokens stay as random as they are, and are not saved.
    Library: silent.
    Flags:
        # launch python train.py train.yaml
        # script LoraConfig(r=8); model.resize_token_embeddings(n)
        # script Trainer(AutoModelForCausalLM.from_pretrained(m))
        model_name_or_path: m
        lora_target_modules: [q_proj]
    Accepts:
        # launch python train.py train.yaml
        # script LoraConfig(r=8); model.resize_token_embeddings(n)
        # script Trainer(AutoModelForCausalLM.from_pretrained(m))
        model_name_or_path: m
        lora_target_modules: [q_proj]
        lora_modules_to_save: [embed_tokens, lm_head]
    """
    use = facts.get(SCRIPT_USE)
    grows = recipe.args.get("resize_vocab") is True
    if use is not None and use.lora is not None:
        grows = grows or "resize_token_embeddings" in use.calls
    saved = recipe.peft.get("modules_to_save")
    written = use is not None and use.lora is not None and _is_literal(use.lora.get("modules_to_save"))
    if grows and recipe.peft and not saved and not written:
        key: RecipePath = (
            ("args", "resize_vocab") if "resize_vocab" in recipe.args else ("peft", "target_modules")
        )
        yield new_tokens_stay_random.at(*key, modules="the embeddings and the output layer")


RULES = (wrapped_layer_is_not_there, no_layer_to_adapt, adapted_classifier, new_tokens_stay_random)


def _is_literal(text: str | None) -> bool:
    return text is not None and text.startswith(("[", "("))


def _at(recipe: Recipe, path: RecipePath) -> Any:
    here: Any = getattr(recipe, str(path[0]))
    for step in path[1:]:
        here = cast(Mapping[str, Any], here).get(str(step)) if isinstance(here, Mapping) else None
    return here


def _names(written: object) -> Iterator[str]:
    """One name, several apart by commas, or a list."""
    if isinstance(written, str):
        yield from (name.strip() for name in written.split(",") if name.strip())
    elif isinstance(written, list):
        yield from (name for name in cast(list[object], written) if isinstance(name, str))


def _layers(classes: Sequence[str]) -> str:
    return ", ".join(name for name in classes if name.endswith(("Layer", "Block"))) or ", ".join(classes)
