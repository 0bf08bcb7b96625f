"""lsprotocol's types, each made when it is first used: three quarters of the daemon's start went there.

attrs writes and compiles methods for each of more than 500 classes when they are imported, and an editor
needs some of them. What compares, prints and matches messages is left out, and so are slots, for which each
class is made twice: nothing here needs them.
"""

from __future__ import annotations

import functools
from typing import Any

import attrs

make = functools.partial(attrs.define, repr=False, eq=False, match_args=False, slots=False)


def load() -> None:
    """Before anything of pygls is imported; types that are loaded already stay as they are."""
    define = attrs.define
    attrs.define = later
    try:
        import lsprotocol.types as _  # noqa: F401
    finally:
        attrs.define = define
    from lsprotocol import _hooks

    # A converter would resolve the annotations of all types, and so make them: each does it for itself.
    _hooks._resolved_forward_references = True


def later(cls: type) -> type:
    """`cls`, which becomes a class of attrs when its fields are asked for, or for its first instance."""
    Unmade(cls)
    return cls


class Unmade:
    """Stands for what attrs will write."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        unmade = self

        def first(instance: Any, *args: Any, **values: Any) -> None:
            unmade.make()
            instance.__init__(*args, **values)

        self.cls.__init__ = first
        self.cls.__attrs_attrs__ = self

    def __get__(self, _instance: object, _owner: type) -> Any:
        self.make()
        return self.cls.__dict__["__attrs_attrs__"]

    def make(self) -> None:
        from lsprotocol.types import ALL_TYPES_MAP

        del self.cls.__init__, self.cls.__attrs_attrs__
        make(self.cls)
        attrs.resolve_types(self.cls, ALL_TYPES_MAP, {})
