"""Tree → the frozen dataclasses of `stages`, and findings about the shape. Knows no section by name."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue
from tunesmith.core.nearest import nearest
from tunesmith.core.path import RecipePath, dotted
from tunesmith.syntax.codes import BY_CODE
from tunesmith.syntax.field_types import FILE_OR_KEYS, choices, field_types, fields_of, without_none
from tunesmith.syntax.tree import Entry, List, Map, Node, Scalar, Tree, plain

T = TypeVar("T")

MISSING: Any = dataclasses.MISSING
# A value that could not be read. None cannot say it: null is a value too.
UNREADABLE: Any = object()

MOST_OFFERED = 4
EXPECTED = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Bound(Generic[T]):
    """`value` holds what could be read; a part that is wrong keeps its default."""

    value: T
    findings: tuple[Finding, ...]
    guessed: frozenset[RecipePath] = frozenset()
    """What unknown keys were most likely meant to be."""


def bind(tree: Tree, cls: type[T], required: Sequence[str] = (), title: str = "a recipe") -> Bound[T]:
    """Read `tree` as a `cls`. `required` names the fields that may not be missing though they have a default.

    A field named `written` with the metadata `internal` is given the keys that stand in the file.
    """
    binder = _Binder()
    root = tree.root
    entries: tuple[Entry, ...] = ()
    if isinstance(root, Map):
        entries = root.entries
    elif root is not None:
        binder.add("TN014", (), key=title, found=describe(root))
    value = binder.fields(cls, entries, (), title, frozenset(required))
    if isinstance(root, Map) or (root is None and not tree.problems):
        binder.missing(cls, entries, (), title, frozenset(required))
    return Bound(cls(**value), tuple(binder.findings), frozenset(binder.guessed))


def describe(node: Node | None) -> str:
    """What a value is, in words."""
    match node:
        case None:
            return "empty"
        case Map():
            return "a section"
        case List():
            return "a list"
        case Scalar(value=None):
            return "empty"
        case Scalar(value=bool(value)):
            return "true" if value else "false"
        case Scalar(value=str()) if not node.text or len(node.text) > 40:
            return "a text"
        case Scalar():
            return node.text


@dataclass
class _Binder:
    findings: list[Finding] = field(default_factory=list[Finding])
    guessed: set[RecipePath] = field(default_factory=set[RecipePath])
    """Keys that an unknown key was most likely meant to be: they are not said to be missing as well."""

    def add(self, code: str, path: RecipePath, *, fixes: tuple[Fix, ...] = (), **arguments: object) -> None:
        on = "value" if code in ("TN012", "TN013", "TN014") else "key"
        self.findings.append(Finding(code, BY_CODE[code].severity, path, arguments, on, fixes))

    def fields(
        self,
        cls: type,
        entries: tuple[Entry, ...],
        path: RecipePath,
        title: str,
        required: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The arguments for `cls`; the parts that are wrong are left out."""
        known = field_types(cls)
        written: set[str] = set()
        values: dict[str, Any] = {}
        for entry in entries:
            name = entry.name
            if name in written:
                continue
            written.add(name)
            if name not in known:
                self._unknown(name, tuple(known), {e.name for e in entries}, (*path, name), title)
                continue
            nullable = name not in required and type(None) in typing.get_args(known[name])
            value = self.value(known[name], entry.value, (*path, name), nullable)
            if value is not UNREADABLE:
                values[name] = value
        if any(f.name == "written" and f.metadata.get("internal") for f in fields_of(cls)):
            values["written"] = frozenset(written)
        return values

    def missing(
        self,
        cls: type,
        entries: tuple[Entry, ...],
        path: RecipePath,
        title: str,
        required: frozenset[str] = frozenset(),
    ) -> None:
        """A finding when fields without a default are absent from `entries`."""
        written = {entry.name for entry in entries}
        needed = [f for f in fields_of(cls) if f.name in required or _obligatory(f)]
        absent = [f for f in needed if f.name not in written and (*path, f.name) not in self.guessed]
        if absent:
            keys = _listed([f.name for f in absent])
            fixes = tuple(fix for f in absent for fix in _add_choice(cls, f, path))
            self.add("TN011", path, section=title, keys=keys, fixes=fixes)

    def value(self, annotation: Any, node: Node | None, path: RecipePath, nullable: bool) -> Any:
        if nullable and (node is None or (isinstance(node, Scalar) and node.value is None)):
            return None
        kind = without_none(annotation)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._section(kind, node, path)
        if typing.get_origin(kind) in (Mapping, dict):
            return self._mapping(node, path)
        if kind == FILE_OR_KEYS:
            return self._mapping(node, path) if isinstance(node, Map) else self._scalar(str, node, path)
        if typing.get_origin(kind) in (list, tuple, Sequence):
            return self._list(kind, node, path)
        if choices(kind):
            return self._choice(kind, node, path)
        return self._scalar(kind, node, path)

    def _section(self, cls: type, node: Node | None, path: RecipePath) -> Any:
        name = dotted(path)
        if node is not None and not isinstance(node, Map):
            self.add("TN014", path, key=name, found=describe(node))
            return UNREADABLE
        entries = node.entries if node else ()
        values = self.fields(cls, entries, path, name)
        self.missing(cls, entries, path, name)
        if any(_obligatory(f) and f.name not in values for f in fields_of(cls)):
            return UNREADABLE
        return cls(**values)

    def _mapping(self, node: Node | None, path: RecipePath) -> Any:
        if node is None:
            return {}
        if isinstance(node, Map):
            return plain(node)
        self.add("TN014", path, key=dotted(path), found=describe(node))
        return UNREADABLE

    def _list(self, kind: Any, node: Node | None, path: RecipePath) -> Any:
        if not isinstance(node, List):
            self.add("TN012", path, key=dotted(path), expected="a list", found=describe(node))
            return UNREADABLE
        inner = typing.get_args(kind)[0]
        items = [self.value(inner, item, (*path, index), False) for index, item in enumerate(node.items)]
        return tuple(item for item in items if item is not UNREADABLE)

    def _choice(self, kind: Any, node: Node | None, path: RecipePath) -> Any:
        words = choices(kind)
        written = plain(node) if isinstance(node, Scalar) else None
        if isinstance(written, str) and written in words:
            return kind(written) if isinstance(kind, type) else written
        if not isinstance(written, str):
            self.add(
                "TN012", path, key=dotted(path), expected=f"one of {', '.join(words)}", found=describe(node)
            )
            return UNREADABLE
        near = nearest(written, words)
        fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
        hint = f"; did you mean {near}?" if near else f": {', '.join(words)}"
        self.add("TN013", path, key=dotted(path), value=written, hint=hint, fixes=fixes)
        return UNREADABLE

    def _scalar(self, kind: Any, node: Node | None, path: RecipePath) -> Any:
        value = node.value if isinstance(node, Scalar) else UNREADABLE
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            # A number of hundreds of digits has no float.
            return float(str(value))
        if isinstance(value, bool) == (kind is bool) and isinstance(value, kind):
            return value
        fixes: tuple[Fix, ...] = ()
        if kind is str and isinstance(node, Scalar) and node.value is not None:
            fixes = (Fix("Put it in quotes", (SetValue(path, f'"{node.text}"'),), preferred=True),)
        self.add("TN012", path, key=dotted(path), expected=EXPECTED[kind], found=describe(node), fixes=fixes)
        return UNREADABLE

    def _unknown(
        self, name: str, known: tuple[str, ...], written: set[str], path: RecipePath, title: str
    ) -> None:
        near = nearest(name, (other for other in known if other not in written))
        remove = Fix(f"Remove {name}", (RemoveKey(path),))
        if near is None:
            self.add("TN010", path, key=name, section=title, hint="", fixes=(remove,))
            return
        self.guessed.add((*path[:-1], near))
        rename = Fix(f"Change to {near}", (RenameKey(path, near),), preferred=True)
        hint = f"; did you mean {near}?"
        self.add("TN010", path, key=name, section=title, hint=hint, fixes=(rename, remove))


def _obligatory(f: dataclasses.Field[Any]) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _add_choice(cls: type, f: dataclasses.Field[Any], path: RecipePath) -> tuple[Fix, ...]:
    """Where only a few words can be meant, offer to write one."""
    words = choices(field_types(cls)[f.name])
    if len(words) > MOST_OFFERED:
        return ()
    only = len(words) == 1
    return tuple(Fix(f"Add {f.name}: {word}", (SetValue((*path, f.name), word),), only) for word in words)


def _listed(names: Sequence[str]) -> str:
    """`a`; `a and b`; `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
