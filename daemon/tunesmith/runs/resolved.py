"""The resolved values of a run that differ from the defaults, as `section.key` → value. Pure."""

from __future__ import annotations

import dataclasses
import enum
import os
import typing
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from tunesmith.stages.table import STAGES

Flat = dict[str, Any]


def differing(config: Mapping[str, Any], stage: str, folder: str) -> Flat:
    """Keys in order. Paths in the recipe's `folder` are told as seen from there."""
    known = {row.name: row for row in STAGES}
    ours = _defaults(known[stage].config) if stage in known else {}
    found = dict(flat(config))
    return {
        key: _from(folder, found[key]) for key in sorted(found) if key not in ours or ours[key] != found[key]
    }


def flat(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Mappings unfolded: `{"a": {"b": 1}}` is `a.b` → 1."""
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            yield from flat(inner, f"{above}{key}.")
        else:
            yield f"{above}{key}", inner


def _defaults(name: str) -> Flat:
    module, _, cls = name.partition(":")
    return dict(flat(_plain_defaults(getattr(import_module(module), cls))))


def _plain_defaults(cls: type) -> dict[str, Any]:
    """What an instance would hold that was given nothing; a part without a default holds those of its own."""
    hints = typing.get_type_hints(cls)
    found: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        if field.default is not dataclasses.MISSING:
            found[field.name] = _plain(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            found[field.name] = _plain(field.default_factory())
        elif isinstance(hints[field.name], type) and dataclasses.is_dataclass(hints[field.name]):
            found[field.name] = _plain_defaults(hints[field.name])
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value.value if isinstance(value, enum.Enum) else value


def _from(folder: str, value: Any) -> Any:
    if isinstance(value, str) and folder and value.startswith(folder.rstrip(os.sep) + os.sep):
        return os.path.relpath(value, folder)
    return value
