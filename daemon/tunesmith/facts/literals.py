"""The values of expressions that say them plainly."""

from __future__ import annotations

import ast
from typing import Any, cast

from tunesmith.facts.local_modules import Module

FARTHEST = 4
LONGEST_RANGE = 1000
LONGEST = 100_000
"""Characters or members of a value, and parts of expressions on the way to it: constants that are made of each
other grow without an end."""


class Unknown(Exception):
    """The value is not written down plainly."""


def value(node: ast.expr, home: Module, steps: int = FARTHEST) -> Any:
    """Literals, names of constants, sums of texts, and lists of these. Raises Unknown."""
    if steps == 0:
        raise Unknown
    if isinstance(node, ast.Name) and node.id in home.constants:
        return value(home.constants[node.id], home, steps - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = value(node.left, home, steps), value(node.right, home, steps)
        if type(left) is type(right) and isinstance(left, str | list | tuple):
            return left + right
        raise Unknown
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [value(one, home, steps) for one in node.elts]
    if isinstance(node, ast.Call):
        return _call(node, home, steps)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError) as error:
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


def _call(node: ast.Call, home: Module, steps: int) -> Any:
    """`list(NAMES)`, `NAMES.keys()`, `range(3)`."""
    if node.keywords:
        raise Unknown
    if isinstance(node.func, ast.Attribute) and node.func.attr == "keys" and not node.args:
        return list(_members(node.func.value, home, steps))
    if not (isinstance(node.func, ast.Name) and node.func.id not in home.functions):
        raise Unknown
    if node.func.id in ("list", "tuple", "sorted", "set") and len(node.args) == 1:
        found = list(_members(node.args[0], home, steps))
        return sorted(found) if node.func.id == "sorted" else found
    if node.func.id == "range":
        bounds = [value(one, home, steps) for one in node.args]
        if 1 <= len(bounds) <= 3 and all(isinstance(one, int) and abs(one) < LONGEST_RANGE for one in bounds):
            return list(range(*bounds))
    raise Unknown


def _members(node: ast.expr, home: Module, steps: int) -> Any:
    if isinstance(node, ast.Name) and node.id in home.constants:
        return _members(home.constants[node.id], home, steps - 1) if steps > 1 else _unknown()
    if isinstance(node, ast.Dict):
        return [value(key, home, steps) if key is not None else _unknown() for key in node.keys]
    found = value(node, home, steps)
    return cast(Any, found) if isinstance(found, list | dict) else _unknown()


def _unknown() -> Any:
    raise Unknown
