"""Rules about the model that training starts from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN301", Severity.ERROR, "{path} has no {missing}", needs=(MODEL,))
def model_folder_incomplete(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model folder lacks what is loaded from it.

    Why: the model cannot be loaded. Weights are only read as safetensors: other formats can run code.
    Library: transformers, from_pretrained: OSError, … does not appear to have a file named config.json; Error
    no file named model.safetensors found in directory; ValueError, Unrecognized model in ….
    Flags:
        # file m/config.json: {"model_type": "bert"}
        # file m/tokenizer.json: {}
        model: {name_or_path: ./m}
        ---
        # file m/model.safetensors:
        # file m/tokenizer.json: {}
        model: {name_or_path: ./m}
        ---
        # file m/config.json: {"model_type": "bert"}
        # file m/model.safetensors:
        model: {name_or_path: ./m}
    Accepts:
        # file m/config.json: {"model_type": "bert"}
        # file m/model.safetensors:
        # file m/vocab.txt: a
        model: {name_or_path: ./m}
        ---
        # file m/config.json: {"model_type": "bert"}
        # file m/model.safetensors:
        model: {name_or_path: ./m, tokenizer: ./t}
    """
    model = facts[MODEL]
    if not model.exists or not model.readable or model.is_adapter or recipe.model is None:
        return
    checks = {
        "config.json": model.has_config,
        "safetensors weights": model.has_safetensors,
        "tokenizer": model.has_tokenizer or recipe.model.tokenizer is not None,
    }
    missing = [name for name, there in checks.items() if not there]
    if missing:
        yield model_folder_incomplete.at(
            "model",
            "name_or_path",
            on="value",
            path=recipe.model.name_or_path,
            missing=" and no ".join(missing),
        )


@rule("TN302", Severity.ERROR, "There is no model folder {path}", needs=(MODEL,))
def model_folder_missing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model folder does not exist. It is looked for from the folder of the recipe.

    Why: the model cannot be loaded.
    Library: transformers, from_pretrained: OSError, Repo id must be in the form 'repo_name' or
    'namespace/repo_name'.
    Flags:
        model: {name_or_path: ./models/nowhere}
        ---
        model: {name_or_path: models/deep/nowhere}
    Accepts:
        # another rule looks for ids of a hub
        model: {name_or_path: bert-base-uncased}
    """
    model = facts[MODEL]
    if not model.exists and not model.hub and recipe.model is not None:
        yield model_folder_missing.at("model", "name_or_path", on="value", path=recipe.model.name_or_path)


@rule("TN303", Severity.ERROR, "{name} is no folder here and not in the cache of models", needs=(MODEL,))
def model_not_in_cache(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The id of a model on a hub names one that this machine does not have.

    Why: a run fetches nothing. `hf download org/name` puts a model into the cache, where runs find it.
    Library: transformers, from_pretrained with local_files_only: OSError, We couldn't connect to …, couldn't
    find it in the cached files.
    Flags:
        model: {name_or_path: nobody/has-this-model}
    Accepts:
        # file nobody/has-this-model/config.json: {}
        model: {name_or_path: nobody/has-this-model}
    """
    model = facts[MODEL]
    if not model.exists and model.hub and recipe.model is not None:
        yield model_not_in_cache.at("model", "name_or_path", on="value", name=recipe.model.name_or_path)


RULES = (model_folder_incomplete, model_folder_missing, model_not_in_cache)
