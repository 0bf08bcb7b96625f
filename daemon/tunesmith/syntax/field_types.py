"""What the fields of a dataclass may hold, by their annotations."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

FILE_OR_KEYS = str | Mapping[str, Any]


@functools.cache
def field_types(cls: type) -> Mapping[str, Any]:
    """The resolved types of a dataclass's public fields, by name in the order of the class."""
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in fields_of(cls) if not f.metadata.get("internal")}


def choices(annotation: Any) -> tuple[str, ...]:
    """The words that a field of this type takes; empty when it is not a choice."""
    kind = without_none(annotation)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return tuple(str(member.value) for member in kind)
    if typing.get_origin(kind) is typing.Literal:
        return tuple(str(value) for value in typing.get_args(kind))
    return ()


def without_none(annotation: Any) -> Any:
    """`T` of `T | None`."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return typing.Union[tuple(members)]  # noqa: UP007 - of one member it is that member
    return annotation


def fields_of(cls: type) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(typing.cast(Any, cls))
