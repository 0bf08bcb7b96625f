"""The user's own modules, parsed and found by their imports; nothing of them is run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tunesmith.core.python_source import parse_module

MOST_MODULES = 40
MOST_FILES = 300
LARGEST = 1024 * 1024

READING = frozenset(
    (
        "keys", "values", "items", "get", "index", "count", "join", "format",
        "list", "tuple", "sorted", "set", "len", "print", "isinstance", "enumerate", "zip", "str", "int",
        "ArgumentParser", "HfArgumentParser", "TrlParser",
    )
)  # fmt: skip
"""What is called without changing what it is given."""
Read = Callable[[Path], bytes]
Definition = TypeVar("Definition", ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Imported:
    """What a name stands for: `name` of a module, or the whole module when it is empty."""

    module: str
    name: str
    level: int = 0

    @property
    def full(self) -> str:
        return ".".join(part for part in (self.module, self.name) if part)


@dataclass
class Module:
    """`constants` are the names that the module sets once."""

    path: Path
    tree: ast.Module
    functions: Mapping[str, ast.FunctionDef] = field(default_factory=dict[str, ast.FunctionDef])
    classes: Mapping[str, ast.ClassDef] = field(default_factory=dict[str, ast.ClassDef])
    imports: Mapping[str, Imported] = field(default_factory=dict[str, Imported])
    constants: Mapping[str, ast.expr] = field(default_factory=dict[str, ast.expr])

    def meant(self, node: ast.expr) -> str:
        """The full name of what an expression like `hf.TrainingArguments` was imported as; "" for others."""
        if isinstance(node, ast.Name):
            found = self.imports.get(node.id)
            return found.full if found is not None and not found.level else ""
        if isinstance(node, ast.Attribute):
            before = self.meant(node.value)
            return f"{before}.{node.attr}" if before else ""
        return ""


class Modules:
    """The modules of one program, each read once. `files` are all that were looked for."""

    def __init__(self, root: Path, read: Read) -> None:
        self.root = root
        self.files: dict[Path, None] = {}
        self._read = read
        self._known: dict[Path, Module | None] = {}

    def load(self, path: Path) -> Module | None:
        """None for a file that is not there, is no Python, or is one too many."""
        if path not in self._known:
            read = sum(module is not None for module in self._known.values())
            full = read >= MOST_MODULES or len(self.files) >= MOST_FILES
            self._known[path] = None if full else self._parse(path)
        return self._known[path]

    def imported(self, home: Module, what: Imported) -> tuple[Module, str] | None:
        """The user's module that `what` comes from and the name in it, "" for all; None for a library."""
        base = home.path.parent if what.level else self.root
        for _ in range(what.level - 1):
            base = base.parent
        whole = self._at(base, what.full)
        if whole is not None:
            return whole, ""
        found = self._at(base, what.module)
        return None if found is None else (found, what.name)

    def _at(self, base: Path, dotted: str) -> Module | None:
        if not dotted:
            return None
        place = base.joinpath(*dotted.split("."))
        return self.load(place.with_name(f"{place.name}.py")) or self.load(place / "__init__.py")

    def _parse(self, path: Path) -> Module | None:
        self.files[path] = None
        try:
            source = self._read(path)
            if len(source) > LARGEST:
                return None
            return _described(path, parse_module(source))
        except (OSError, SyntaxError, ValueError, RecursionError):
            return None


def _described(path: Path, tree: ast.Module) -> Module:
    top = [*_top(tree.body)]
    times: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            times[node.id] = times.get(node.id, 0) + 1
    constants = {
        target.id: node.value
        for node in top
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and times.get(target.id) == 1
    }
    grown = _grown(tree)
    constants = {name: node for name, node in constants.items() if name not in grown}
    imports = {name: what for node in ast.walk(tree) for name, what in _imports(node)}
    return Module(
        path,
        tree,
        _once([node for node in top if isinstance(node, ast.FunctionDef)]),
        _once([node for node in top if isinstance(node, ast.ClassDef)]),
        imports,
        constants,
    )


def _once(nodes: list[Definition]) -> Mapping[str, Definition]:
    """By name, without those that are defined twice: which of them counts is not known."""
    names = [node.name for node in nodes]
    return {node.name: node for node in nodes if names.count(node.name) == 1}


def _top(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a module, those under `if` and `try` too."""
    found: list[ast.stmt] = []
    for node in body:
        found.append(node)
        if isinstance(node, ast.If):
            found += _top([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            found += _top([*node.body, *(line for one in node.handlers for line in one.body)])
    return found


def _grown(tree: ast.Module) -> frozenset[str]:
    """Names whose value may get further members: `NAMES.append(…)`, `MODELS["a"] = …`, `fill(NAMES)`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(ast.unparse(node.value))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr not in READING:
                found.add(ast.unparse(node.func.value))
            if not (isinstance(node.func, ast.Name) and node.func.id in READING):
                found |= {one.id for one in node.args if isinstance(one, ast.Name)}
    return frozenset(found)


def _imports(node: ast.AST) -> list[tuple[str, Imported]]:
    if isinstance(node, ast.Import):
        return [
            (alias.asname or alias.name.partition(".")[0],
             Imported(alias.name if alias.asname else alias.name.partition(".")[0], ""))
            for alias in node.names
        ]  # fmt: skip
    if isinstance(node, ast.ImportFrom):
        return [
            (alias.asname or alias.name, Imported(node.module or "", alias.name, node.level))
            for alias in node.names
            if alias.name != "*"
        ]
    return []
