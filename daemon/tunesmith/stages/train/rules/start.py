"""Rules about what a training starts from: a pretrained model, or a new one from a config."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.fits import kind, wanted
from tunesmith.facts.names import MODEL, MODEL_CLASS, MODEL_TYPES

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

CONFIG = ("model", "config")


@rule("TN304", Severity.ERROR, "model needs exactly one of name_or_path and config{found}")
def model_without_one_start(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """It is not said what the training starts from, or it is said twice.

    Why: a model is either loaded from a folder or made anew from a config.
    Library: tunesmith, loading the model: ValueError, model needs exactly one of name_or_path and config.
    Flags:
        model: {tokenizer: ./t}
        ---
        model: {name_or_path: ./m, config: {model_type: llama}}
    Accepts:
        model: {name_or_path: ./m}
        ---
        model: {config: {model_type: llama}, tokenizer: ./t}
    """
    model = recipe.model
    if model is None or (model.name_or_path is None) == bool(model.config):
        return
    keys = ("name_or_path", "config") if model.config else ()
    fixes = tuple(Fix(f"Remove {key}", (RemoveKey(("model", key)),)) for key in keys)
    found = "; it has both" if model.config else ""
    yield model_without_one_start.at("model", about=("model", "name_or_path"), found=found, fixes=fixes)


@rule("TN305", Severity.ERROR, "A model from a config needs a tokenizer: model.tokenizer names its folder")
def config_without_tokenizer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model is made from a config, and no tokenizer is named.

    Why: a config says nothing of how texts become numbers.
    Library: tunesmith, loading the tokenizer: ValueError, model.config needs model.tokenizer.
    Flags:
        model: {config: {model_type: llama}}
    Accepts:
        model: {config: {model_type: llama}, tokenizer: ./t}
    """
    model = recipe.model
    if model is not None and model.config and model.tokenizer is None and model.name_or_path is None:
        yield config_without_tokenizer.at("model", "config")


@rule("TN306", Severity.ERROR, "{problem}{hint}", needs=(MODEL_TYPES,))
def unknown_model_type(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The config names no model type that the installed transformers has.

    Why: the type picks the class of the model.
    Library: transformers, AutoConfig.for_model: ValueError, Unrecognized model identifier; TypeError, missing
    1 required positional argument: 'model_type'.
    Flags:
        model: {config: {model_type: lama}, tokenizer: ./t}
        ---
        model: {config: {hidden_size: 16}, tokenizer: ./t}
    Accepts:
        model: {config: {model_type: llama}, tokenizer: ./t}
    """
    if recipe.model is None or not recipe.model.config:
        return
    types, written = facts[MODEL_TYPES].classes, recipe.model.config.get("model_type")
    if written is None:
        yield unknown_model_type.at(*CONFIG, problem="model.config needs model_type", hint="")
    elif not isinstance(written, str) or written not in types:
        near = nearest(str(written), types)
        path = (*CONFIG, "model_type")
        fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
        hint = f"; did you mean {near}?" if near else ""
        problem = f"transformers has no model type {written}"
        yield unknown_model_type.at(*path, on="value", problem=problem, hint=hint, fixes=fixes)


@rule(
    "TN307", Severity.ERROR, "Models of type {model_type} cannot be trained for {task}", needs=(MODEL_TYPES,)
)
def model_cannot_do_the_task(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The installed transformers has no class that does the task with this type of model.

    Why: the model cannot be loaded.
    Library: transformers, from_pretrained and from_config: ValueError, Unrecognized configuration class … for
    this kind of AutoModel.
    Flags:
        task: causal-lm
        model: {config: {model_type: t5}, tokenizer: ./t}
        ---
        # file m/config.json: {"model_type": "vit"}
        # file m/model.safetensors:
        task: text-classification
        model: {name_or_path: ./m}
    Accepts:
        task: causal-lm
        model: {config: {model_type: llama}, tokenizer: ./t}
        ---
        # file m/config.json: {"model_type": "bert"}
        # file m/model.safetensors:
        task: text-classification
        model: {name_or_path: ./m}
    """
    if recipe.model is None or recipe.task is None:
        return
    folder = facts.get(MODEL)
    from_config = recipe.model.config.get("model_type")
    model_type = from_config or (folder.model_type if folder else None)
    if isinstance(model_type, str) and facts[MODEL_TYPES].can(model_type, recipe.task.value) is False:
        path = (*CONFIG, "model_type") if from_config else ("model", "name_or_path")
        yield model_cannot_do_the_task.at(*path, on="value", model_type=model_type, task=recipe.task.value)


@rule("TN308", Severity.WARNING, "{library} has no {key}: it has no effect{hint}", needs=(MODEL_CLASS,))
def unknown_config_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `model.config` is not one that this type of model knows.

    Why: the config keeps it, and nothing reads it.
    Library: silent.
    Flags:
        model: {config: {model_type: llama, hidden_sise: 64}, tokenizer: ./t}
    Accepts:
        model: {config: {model_type: llama, hidden_size: 64, dtype: float32, num_labels: 3}, tokenizer: ./t}
        ---
        model: {config: {model_type: gpt2, hidden_size: 64, attn_implementation: eager}, tokenizer: ./t}
    """
    one = facts[MODEL_CLASS]
    if recipe.model is None or recipe.model.config.get("model_type") is None:
        return
    known = {"model_type", *one.library.fields, *one.asked}
    for key in recipe.model.config:
        if key not in known:
            near = nearest(key, [name for name in one.library.fields if name not in recipe.model.config])
            remove = Fix(f"Remove {key}", (RemoveKey((*CONFIG, key)),))
            rename = Fix(f"Change to {near}", (RenameKey((*CONFIG, key), near or ""),), preferred=True)
            hint = f"; did you mean {near}?" if near else ""
            yield unknown_config_key.at(
                *CONFIG,
                key,
                key=key,
                library=one.library.name,
                hint=hint,
                fixes=(rename, remove) if near else (remove,),
            )


@rule("TN309", Severity.ERROR, "{key} takes {wanted}, not {found}", needs=(MODEL_CLASS,))
def wrong_type_of_config(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `model.config` has another type than the field.

    Why: config classes of transformers 5 take no other type than the declared one, not even 1 for 1.0.
    Library: transformers: StrictDataclassFieldValidationError, Field 'hidden_size' expected int, got str.
    Flags:
        model: {config: {model_type: llama, hidden_size: "64"}, tokenizer: ./t}
        ---
        model: {config: {model_type: llama, rms_norm_eps: 1}, tokenizer: ./t}
        ---
        model: {config: {model_type: llama, tie_word_embeddings: yes}, tokenizer: ./t}
    Accepts:
        model: {config: {model_type: llama, hidden_size: 64, rms_norm_eps: 1e-6}, tokenizer: ./t}
        ---
        model: {config: {model_type: llama, head_dim: null}, tokenizer: ./t}
        ---
        model: {config: {model_type: llama, attention_dropout: 0, eos_token_id: [1, 2]}, tokenizer: ./t}
    """
    one = facts[MODEL_CLASS]
    if recipe.model is None or not one.strict or recipe.model.config.get("model_type") is None:
        return
    for key, value in recipe.model.config.items():
        field = one.library.fields.get(key)
        if field is None or not field.kinds or kind(value) in field.kinds:
            continue
        path = (*CONFIG, key)
        is_whole = kind(value) == "int" and "float" in field.kinds
        fixes = (
            (Fix(f"Change to {value}.0", (SetValue(path, f"{value}.0"),), preferred=True),)
            if is_whole
            else ()
        )
        found = f'"{value}"' if isinstance(value, str) else "null" if value is None else str(value)
        yield wrong_type_of_config.at(
            *path, on="value", key=key, wanted=wanted(field), found=found, fixes=fixes
        )


RULES = (
    model_without_one_start,
    config_without_tokenizer,
    unknown_model_type,
    model_cannot_do_the_task,
    unknown_config_key,
    wrong_type_of_config,
)
