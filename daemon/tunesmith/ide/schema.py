"""The recipe as JSON Schema, made from the dataclasses: for editors that know nothing of Tunesmith."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

from tunesmith.core.section import attribute_docs, marker
from tunesmith.stages.recipe import BUILT_IN, OWN, Recipe
from tunesmith.syntax.field_types import FILE_OR_KEYS, choices, field_types, without_none

TYPES: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def recipe_schema() -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tunesmith recipe",
        "description": "One training experiment. Keys of library sections are the library's own, verbatim.",
        **_section(Recipe),
        "anyOf": [{"required": list(names)} for names in (BUILT_IN, *((name,) for name in OWN))],
    }


def _section(cls: type) -> dict[str, Any]:
    """An object that takes the fields of a dataclass and nothing else."""
    types = field_types(cls)
    docs = attribute_docs(cls)
    properties: dict[str, Any] = {}
    needed: list[str] = []
    for field in dataclasses.fields(typing.cast(Any, cls)):
        if field.name not in types:
            continue
        properties[field.name] = _property(field, types[field.name], docs.get(field.name, ""))
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            needed.append(field.name)
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": needed} if needed else found


def _property(field: dataclasses.Field[Any], annotation: Any, doc: str) -> dict[str, Any]:
    about = marker(field)
    found: dict[str, Any] = {"description": doc} if doc else {}
    kind = without_none(annotation)
    if about.library is not None or typing.get_origin(kind) is Mapping:
        # Which keys there are depends on what is installed: the language server knows, a schema cannot.
        return {**found, "type": ["object", "null"]}
    if kind == FILE_OR_KEYS:
        return {**found, "type": ["string", "object", "null"], "examples": list(about.examples)}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return {**found, **_section(kind)}
    words = choices(kind)
    if words:
        return {**found, "enum": list(words)}
    found["type"] = TYPES[kind] if kind is annotation else [TYPES[kind], "null"]
    if about.examples:
        found["examples"] = list(about.examples)
    if isinstance(field.default, str | int | float):
        found["default"] = field.default
    return found
