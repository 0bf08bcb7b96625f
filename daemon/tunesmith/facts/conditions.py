"""What the source of a program says about the way that it goes."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tunesmith.facts.local_modules import Module

CHANGES = frozenset(("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"))
"""What changes a list in place."""


def inside(node: ast.stmt) -> Iterable[ast.AST]:
    """What a statement holds, without the bodies of functions that it defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, ast.stmt | ast.ExceptHandler):
            yield from inside(child)  # pyright: ignore[reportArgumentType]


def is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def names_a_file(test: ast.expr) -> bool:
    """`len(sys.argv) == 2 and sys.argv[1].endswith(".json")`: a recipe's first word is the name of an
    argument."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "endswith"
        and "sys.argv[1]" in ast.unparse(node.func.value)
        for node in (
            [*test.values] if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        )
    )


def catches_the_end(handler: ast.ExceptHandler) -> bool:
    """Whether an argument that is refused would not end the program."""
    return handler.type is None or any(
        name in ast.unparse(handler.type)
        for name in ("SystemExit", "BaseException", "Exception", "ValueError")
    )


def is_words(node: ast.expr, module: Module) -> bool:
    """`sys.argv[1:]`"""
    return (
        isinstance(node, ast.Subscript)
        and module.meant(node.value) == "sys.argv"
        and ast.unparse(node.slice) in ("1:", "slice(1, None)")
    )


def as_tuple(node: ast.expr) -> ast.expr:
    return ast.Tuple(node.elts, ast.Load()) if isinstance(node, ast.List) else node


def changes_words(module: Module) -> bool:
    """Whether the module writes to `sys.argv`, here or anywhere in it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if module.meant(node) == "sys.argv":
                return True
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            if module.meant(node.value) == "sys.argv":
                return True
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CHANGES
            and module.meant(node.func.value) == "sys.argv"
        ):
            return True
    return False


def stored(node: ast.AST) -> Iterable[str]:
    """The names that a part of a statement sets."""
    return (
        one.id for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    )


def mentioned(node: ast.AST) -> Iterable[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))
