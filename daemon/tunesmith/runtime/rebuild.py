"""Plain JSON values back into the frozen dataclasses they were made of."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def rebuild(cls: type[T], values: Mapping[str, Any]) -> T:
    """An instance of the dataclass `cls`. A key that it does not know raises TypeError."""
    hints = typing.get_type_hints(cls)
    unknown = set(values) - set(hints)
    if unknown:
        raise TypeError(
            f"{cls.__name__} has no {', '.join(sorted(unknown))}: the run folder is of another version"
        )
    return cls(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint, *others) = (part for part in typing.get_args(hint) if part is not type(None))
        if others:
            return value
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return rebuild(hint, value)
    return value
