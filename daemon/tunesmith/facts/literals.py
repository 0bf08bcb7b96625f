"""The values of expressions that say them plainly."""

from __future__ import annotations

import ast
from typing import Any, cast

from tunesmith.facts.local_modules import Module

FARTHEST = 4
LONGEST_RANGE = 1000
LONGEST = 100_000
"""Characters or members of a value, and parts of expressions on the way to it: constants that are made of
each other grow without an end."""


class Unknown(Exception):
    """The value is not written down plainly."""


def value(node: ast.expr, home: Module) -> Any:
    """Literals, names of constants, sums of texts, and lists of these. Raises Unknown."""
    try:
        return _Reading(home).value(node, FARTHEST)
    except (TypeError, ValueError, SyntaxError, RecursionError) as error:
        # What Python itself would not take: `range(0, 8, 0)`, `sorted(["a", 1])`.
        raise Unknown from error


def text(node: ast.expr | None, home: Module) -> str:
    """A text; "" when it is anything else."""
    if node is None:
        return ""
    try:
        found = value(node, home)
    except Unknown:
        return ""
    return found if isinstance(found, str) else ""


def yaml(node: ast.expr | None, home: Module) -> str | None:
    """A default as YAML would have it; a short expression as it is written; None for none."""
    if node is None:
        return None
    try:
        found = value(node, home)
    except Unknown:
        written = ast.unparse(node)
        return written if len(written) <= 40 else None
    if found is None:
        return "null"
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)


class _Reading:
    """Of one expression of a module; constants are followed a few steps."""

    def __init__(self, home: Module) -> None:
        self._home = home
        self._left = LONGEST

    def value(self, node: ast.expr, steps: int) -> Any:
        if steps == 0:
            raise Unknown
        self._count(1)
        if isinstance(node, ast.Name) and node.id in self._home.constants:
            return self.value(self._home.constants[node.id], steps - 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.value(node.left, steps), self.value(node.right, steps)
            if type(left) is type(right) and isinstance(left, str | list | tuple):
                both: Any = left + right
                self._count(len(both))
                return both
            raise Unknown
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.value(one, steps) for one in node.elts]
        if isinstance(node, ast.Call):
            return self._call(node, steps)
        return ast.literal_eval(node)

    def _count(self, parts: int) -> None:
        self._left -= parts
        if self._left < 0:
            raise Unknown

    def _call(self, node: ast.Call, steps: int) -> Any:
        """`list(NAMES)`, `NAMES.keys()`, `range(3)`."""
        if node.keywords:
            raise Unknown
        if isinstance(node.func, ast.Attribute) and node.func.attr == "keys" and not node.args:
            return list(self._members(node.func.value, steps))
        if not (isinstance(node.func, ast.Name) and node.func.id not in self._home.functions):
            raise Unknown
        if node.func.id in ("list", "tuple", "sorted", "set") and len(node.args) == 1:
            found = list(self._members(node.args[0], steps))
            return sorted(found) if node.func.id == "sorted" else found
        if node.func.id == "range":
            bounds = [self.value(one, steps) for one in node.args]
            small = all(isinstance(one, int) and abs(one) < LONGEST_RANGE for one in bounds)
            if 1 <= len(bounds) <= 3 and small:
                self._count(LONGEST_RANGE)
                return list(range(*bounds))
        raise Unknown

    def _members(self, node: ast.expr, steps: int) -> Any:
        if isinstance(node, ast.Name) and node.id in self._home.constants:
            return self._members(self._home.constants[node.id], steps - 1) if steps > 1 else _unknown()
        if isinstance(node, ast.Dict):
            return [self.value(key, steps) if key is not None else _unknown() for key in node.keys]
        found = self.value(node, steps)
        return cast(Any, found) if isinstance(found, list | dict) else _unknown()


def _unknown() -> Any:
    raise Unknown
