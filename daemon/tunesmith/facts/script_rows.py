"""What a script does with the rows of its data, as far as its source says so plainly: read with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tunesmith.facts.source import last_name

Function = ast.FunctionDef | ast.Lambda
MAPPERS = ("map", "filter")
RESHAPING = frozenset(
    (
        "add_column",
        "class_encode_column",
        "flatten",
        "from_dict",
        "from_generator",
        "from_list",
        "from_pandas",
        "map",
        "remove_columns",
        "rename_column",
        "rename_columns",
        "select_columns",
        "set_transform",
        "with_transform",
    )
)
"""Calls after which the columns of a data set may be others."""
FUNCTIONAL = frozenset(("from_generator", "map", "set_transform", "with_transform"))
"""They are given functions, whose own words say what they make."""


def columns_read(tree: ast.Module) -> Iterator[str]:
    """Source texts of the keys that functions given to `map` and `filter` take of a row without asking."""
    named = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in MAPPERS or not call.args:
            continue
        first = call.args[0]
        function = named.get(first.id) if isinstance(first, ast.Name) else first
        if isinstance(function, ast.FunctionDef | ast.Lambda) and function.args.args:
            yield from _read(function, function.args.args[0].arg)


def _read(function: Function, row: str) -> Iterator[str]:
    body: Sequence[ast.AST] = function.body if isinstance(function, ast.FunctionDef) else [function.body]
    # A function that looks first, or may be left before, reads nothing for sure.
    if any(isinstance(node, ast.If | ast.Try | ast.IfExp) for part in body for node in ast.walk(part)):
        return
    for part in body:
        for node in ast.walk(part):
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=key, ctx=ast.Load()) if name == row:
                    yield ast.unparse(key)
                case _:
                    pass


def columns_made(tree: ast.Module) -> Iterator[str]:
    """Every text that may be the name of a column that the script makes."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys):
                yield from (
                    key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                )
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Store()):
                yield name
            case ast.Call(func=function, args=given):
                if last_name(function) in RESHAPING - FUNCTIONAL:
                    for one in given:
                        yield from _texts(one)
            case ast.keyword(arg=str(name), value=value):
                yield name
                if name in ("names", "column_names", "column", "new_column_name"):
                    yield from _texts(value)
            case _:
                pass


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def encodings(calls: Sequence[ast.Call]) -> Iterator[Mapping[str, str]]:
    """The keyword arguments of each call of a tokenizer."""
    for call in calls:
        name = last_name(call.func)
        if isinstance(call.func, ast.Name | ast.Attribute) and name.lower().endswith(("tokenizer", "tok")):
            yield {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}


def metrics_of(name: str, tree: ast.Module) -> frozenset[str] | None:
    """The keys that a `compute_metrics` function of the script returns; None when they are not plain."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    if len(functions) != 1:
        return None
    returned = [node.value for node in ast.walk(functions[0]) if isinstance(node, ast.Return)]
    keys: set[str] = set()
    for value in returned:
        if not isinstance(value, ast.Dict):
            return None
        for key in value.keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            keys.add(key.value)
    return frozenset(keys) if returned else None


def taken_as_loaded(given: ast.expr, tree: ast.Module) -> bool:
    """Whether the data that a trainer is given is what `load_dataset` returned, at most a part of it."""
    name = _root(given)
    if name == "load_dataset":
        return True
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(_root(target) == name for target in node.targets)
    ]
    return bool(values) and all(_root(value) in (name, "load_dataset") for value in values)


def _root(node: ast.expr) -> str:
    """The name that a chain of parts and methods begins with; of a call of a function the function's."""
    while True:
        match node:
            case ast.Subscript(value=inner) | ast.Attribute(value=inner):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
                return name
            case _:
                return ""
