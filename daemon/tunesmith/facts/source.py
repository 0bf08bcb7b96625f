"""Python source as `ast` sees it: classes and enums by name, followed through imports of the package."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.python_source import parse_module
from tunesmith.facts.bounded import read_bounded

# How many modules a name is followed through re-exports.
FARTHEST = 4
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """A parsed module of the package in `root` (a site-packages folder)."""

    root: Path
    path: Path
    tree: ast.Module

    def class_(self, name: str) -> ast.ClassDef | None:
        return next(
            (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef) and node.name == name),
            None,
        )


def load(root: Path, module: str) -> Source:
    """Parse a file; OSError and SyntaxError are the caller's to report."""
    path = root / module
    return Source(root, path, parse_module(read_bounded(path, LARGEST)))


def enum_members(source: Source, name: str) -> Mapping[str, str]:
    """The text members of an enum that `source` defines or imports; {} when it is no such enum."""
    found = find_class(source, name)
    if found is None:
        return {}
    members: dict[str, str] = {}
    for statement in found[1].body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            word = string(statement.value)
            if word:
                members[statement.targets[0].id] = word
    return members


def string(node: ast.expr | None) -> str:
    """The value of a string literal; "" when it is anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def string_list(node: ast.expr | None) -> tuple[str, ...]:
    return tuple(string(item) for item in node.elts) if isinstance(node, ast.List | ast.Tuple) else ()


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def find_class(source: Source, name: str, steps: int = FARTHEST) -> tuple[Source, ast.ClassDef] | None:
    """The class `name` and the module that defines it, following imports that can be found."""
    here = source.class_(name)
    if here is not None:
        return source, here
    if steps == 0:
        return None
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and any(
            (alias.asname or alias.name) == name for alias in node.names
        ):
            path = _module_path(source, node)
            if path is None:
                continue
            try:
                other = load(source.root, str(path.relative_to(source.root)))
            except (OSError, SyntaxError, ValueError, RecursionError):
                continue
            original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
            found = find_class(other, original, steps - 1)
            if found is not None:
                return found
    return None


def _module_path(source: Source, node: ast.ImportFrom) -> Path | None:
    if node.level:
        base = source.path.parent
        for _ in range(node.level - 1):
            base = base.parent
    else:
        base = source.root
    target = base.joinpath(*(node.module or "").split(".")) if node.module else base
    for candidate in (target.with_suffix(".py"), target / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
