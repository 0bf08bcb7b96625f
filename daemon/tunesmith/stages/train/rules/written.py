"""What a recipe's `train` means: what is written there, else the default of the installed library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tunesmith.core.numbers import number as number
from tunesmith.facts.library import Library
from tunesmith.facts.renames import older_names, renamed_from


def word(train: Mapping[str, Any], library: Library, key: str) -> str | None:
    """The choice that is in force; None for a key or a word that the library does not know."""
    one = library.fields.get(named(library, key))
    found = value(train, library, key)
    return found if one is not None and isinstance(found, str) and found in one.choices else None


def named(library: Library, key: str) -> str:
    """What a newer key is called in a library that only knows its older name."""
    older = renamed_from(library, key)
    return older if key not in library.fields and older is not None else key


def value(train: Mapping[str, Any], library: Library, key: str) -> Any:
    """What is written, else the library's default."""
    if key in train:
        return train[key]
    # Said by another rule to be renamed: what it means counts already.
    older = next((name for name in older_names(library, key) if name in train), None)
    if older is not None:
        return train[older]
    one = library.fields.get(named(library, key))
    if one is None or one.default is None:
        return None
    if one.choices or not one.kinds & {"int", "float"}:
        return one.default
    try:
        return float(one.default)
    except ValueError:
        return None
