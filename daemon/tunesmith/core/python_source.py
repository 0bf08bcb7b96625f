"""Python source → `ast`, by one thread at a time.

CPython counts the depth of the tree that it builds in one place for all threads, and raises SystemError when
two build at once: https://github.com/python/cpython/issues/106905
"""

from __future__ import annotations

import ast
from threading import Lock
from typing import Any

_ALONE = Lock()


def parse_module(source: str | bytes) -> ast.Module:
    """SyntaxError and ValueError are the caller's to report."""
    with _ALONE:
        return ast.parse(source)


def parse_expression(source: str) -> ast.expr:
    """The same of one expression."""
    with _ALONE:
        return ast.parse(source, mode="eval").body


def literal(source: str | ast.expr) -> Any:
    """The value of an expression that says it plainly. Raises ValueError for all others."""
    try:
        return ast.literal_eval(parse_expression(source) if isinstance(source, str) else source)
    except (SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError("this is no literal") from error
