"""What is known about the `model:` and `peft:` of a recipe: folders, tokenizer, model type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from tunesmith.core.fact import Fact, Known
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.library import Library, LibraryField
from tunesmith.facts.located import located
from tunesmith.facts.model_class import ModelClass, with_version
from tunesmith.facts.model_folder import ModelFolder, hub_folder, looks_like_folder
from tunesmith.facts.model_types import ModelTypes
from tunesmith.facts.names import (
    MODEL,
    MODEL_CLASS,
    MODEL_CONFIG,
    MODEL_TYPES,
    TOKENIZER,
    TOKENIZER_FOLDER,
    VERSIONS,
)
from tunesmith.facts.sources import Look, Source

Values = Mapping[str, object]
KnownFacts = dict[Fact[Any], Known[Any]]


def model_facts(
    values: Values, folder: Path, known: KnownFacts, interpreter: Interpreter | None, look: Look
) -> KnownFacts:
    """`known` holds what the environment says."""
    section = _mapping(values.get("model"))
    model = _folder(folder, section.get("name_or_path"), look)
    own_tokenizer = _folder(folder, section.get("tokenizer"), look)
    found: KnownFacts = {}
    if model is not None:
        found[MODEL] = Known(model, str(model.path))
    if own_tokenizer is not None:
        found[TOKENIZER_FOLDER] = Known(own_tokenizer, str(own_tokenizer.path))
    place = own_tokenizer or (model if "tokenizer" not in section else None)
    if place is not None and place.exists:
        tokenizer = look(Source("tokenizer", place.path))
        if tokenizer is not None:
            found[TOKENIZER] = Known(tokenizer, str(place.path))
    return found | _types(
        values.get("task"), _mapping(section.get("config")), model, known, interpreter, look
    )


def _folder(folder: Path, value: object, look: Look) -> ModelFolder | None:
    """A folder beside the recipe wins over an id of a hub, as when a run starts."""
    if not isinstance(value, str) or not value or "\0" in value:
        return None
    found: ModelFolder | None = look(Source("model", located(folder, value)))
    if found is not None and not found.exists and not looks_like_folder(value):
        kept = hub_folder(value)
        found = None if kept is None else look(Source("hub", kept))
    return found


def _types(
    task: object,
    config: Values,
    model: ModelFolder | None,
    known: KnownFacts,
    interpreter: Interpreter | None,
    look: Look,
) -> KnownFacts:
    if MODEL_TYPES not in known or interpreter is None:
        return {}
    types: ModelTypes = known[MODEL_TYPES].value
    versions: Mapping[str, str] = known[VERSIONS].value
    written = config.get("model_type") or (model.model_type if model else None)
    one: ModelClass | None = None
    if isinstance(written, str) and written in types.classes:
        one = look(Source("model-class", types.folder(written), interpreter, written))
    found: KnownFacts = {}
    library = Library("transformers", versions.get("transformers", ""), "PreTrainedConfig")
    if one is not None and one.library.fields:
        one = with_version(one, versions)
        library = one.library
        found[MODEL_CLASS] = Known(one, library.title)
    choices = types.trainable(str(task))
    head = LibraryField(
        "model_type", "str", required=True, choices=choices, help="Which kind of model to make."
    )
    fields = {"model_type": head, **library.fields}
    found[MODEL_CONFIG] = Known(replace(library, fields=fields), library.title)
    return found


def _mapping(value: object) -> Values:
    return cast(Values, value) if isinstance(value, dict) else {}
