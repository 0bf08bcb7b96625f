"""How a recipe section is declared: frozen dataclasses, attribute docstrings and a few field markers.

That one definition gives types, defaults, hover text, JSON Schema and documentation.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tunesmith.core.python_source import parse_module

PathKind = Literal["file", "model", "folder"]


@dataclass(frozen=True)
class Marker:
    """What the type alone does not say.

    `library`: the section's keys are those of "package:Class", verbatim. `path`: the value names a file or
    folder relative to the recipe ("model": or a hub id). `examples` are offered by completion, and of files
    those that end in one of `suffixes`.
    """

    library: str | None = None
    path: PathKind | None = None
    examples: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


def marked(marker: Marker, **options: Any) -> Any:
    """A dataclass field that carries `marker`."""
    return dataclasses.field(metadata={"tunesmith": marker}, **options)


def marker(field: dataclasses.Field[Any]) -> Marker:
    """The field's marker; an empty one when it has none."""
    found = field.metadata.get("tunesmith")
    return found if isinstance(found, Marker) else Marker()


@functools.cache
def attribute_docs(cls: type) -> Mapping[str, str]:
    """The string literals under the attributes of a class, by attribute name."""
    body = parse_module(textwrap.dedent(inspect.getsource(cls))).body[0]
    docs: dict[str, str] = {}
    name: str | None = None
    for statement in getattr(body, "body", []):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif name and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            docs[name] = inspect.cleandoc(str(statement.value.value))
            name = None
        else:
            name = None
    return docs
