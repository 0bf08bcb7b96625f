"""lsprotocol's types, loaded in half of the time: three quarters of the daemon's start went there.

attrs writes and compiles methods for each of more than 500 classes when they are imported. What compares,
prints and matches messages is left out, and so are slots, for which each class is made twice: nothing here
needs them.
"""

from __future__ import annotations

import functools

import attrs


def load() -> None:
    """Before anything of pygls is imported; types that are loaded already stay as they are."""
    define = attrs.define
    attrs.define = functools.partial(define, repr=False, eq=False, match_args=False, slots=False)
    try:
        import lsprotocol.types as _  # noqa: F401
    finally:
        attrs.define = define
