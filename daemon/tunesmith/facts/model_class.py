"""What one model type takes and is made of, read from its source in the installed transformers."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tunesmith.facts.class_source import own_fields, read_class
from tunesmith.facts.library import Library, LibraryField
from tunesmith.facts.source import Source, last_name, load, string

log = logging.getLogger(__name__)

# What a model asks its config for, beside its fields.
ASKED = re.compile(r"""config\.(\w+)|getattr\(\w*\.?config,\s*["'](\w+)|kwargs\.(?:pop|get)\(\s*["'](\w+)""")
ATTRIBUTE = re.compile(r"self\.(\w+)\s*=")
# Layers that LoRA can adapt.
LAYER = re.compile(r"self\.(\w+)\s*=\s*(?:nn\.)?(?:\w*Linear|Conv1D|Embedding)\(")


@dataclass(frozen=True)
class ModelClass:
    """`library` holds the fields of the config class. `strict`: the class takes no value of another type.

    `asked`: other names that have a meaning in a config.

    `layers`: names of layers that an adapter may be put beside; `attributes`: of everything in the model.
    """

    library: Library
    strict: bool = False
    asked: frozenset[str] = frozenset()
    layers: tuple[str, ...] = ()
    attributes: frozenset[str] = field(default_factory=frozenset[str])


UNKNOWN = ModelClass(Library("transformers", "", ""))
"""Of a class whose source is not there or is not understood."""


def read_model_class(root: Path, folder: Path, model_type: str) -> ModelClass:
    """The class whose `model_type` is this one."""
    try:
        sources = [path.read_text(encoding="utf-8") for path in _files(root, folder)]
        found = next(_configs(root, folder, model_type), None)
        if found is None:
            return UNKNOWN
        fields = _fields(*found)
    except (OSError, SyntaxError, ValueError) as error:
        log.warning("%s cannot be read for the fields of %s: %s", folder, model_type, error)
        return UNKNOWN
    if not fields:
        return UNKNOWN
    text = "\n".join(sources)
    asked = frozenset(name for match in ASKED.finditer(text) for name in match.groups() if name)
    library = Library("transformers", "", found[1].name, fields)
    layers = tuple(dict.fromkeys(LAYER.findall(text)))
    strict = any(last_name(one) == "strict" for one in found[1].decorator_list)
    return ModelClass(library, strict, asked | _mapped(found[1]), layers, frozenset(ATTRIBUTE.findall(text)))


def class_fingerprint(folder: Path) -> str:
    try:
        return str(folder.stat().st_mtime_ns)
    except OSError as error:
        return type(error).__name__


def _files(root: Path, folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("configuration_*.py"))
    yield from sorted(folder.glob("modeling_*.py"))
    yield root / "transformers" / "configuration_utils.py"


def _configs(root: Path, folder: Path, model_type: str) -> Iterator[tuple[Source, ast.ClassDef]]:
    for path in sorted(folder.glob("configuration_*.py")):
        source = load(root, str(path.relative_to(root)))
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and _class_value(node, "model_type") == model_type:
                yield source, node


def _fields(source: Source, found: ast.ClassDef) -> dict[str, LibraryField]:
    """The class's own first; transformers 4 has them as parameters of `__init__`."""
    own = own_fields(source, found) or _parameters(found)
    if not own:
        return {}
    base = next((last_name(one) for one in found.bases), "")
    theirs = read_class(source, base) if own_fields(source, found) and base else {}
    return {**own, **theirs, **own}


def _parameters(found: ast.ClassDef) -> dict[str, LibraryField]:
    for method in found.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            names = [one.arg for one in (*method.args.args, *method.args.kwonlyargs) if one.arg != "self"]
            return {name: LibraryField(name, "value") for name in names}
    return {}


def _mapped(found: ast.ClassDef) -> frozenset[str]:
    """Other names of fields: the keys of `attribute_map`."""
    for statement in found.body:
        value = _assigned(statement, "attribute_map")
        if isinstance(value, ast.Dict):
            return frozenset(string(key) for key in value.keys)
    return frozenset()


def _class_value(found: ast.ClassDef, name: str) -> str:
    return next((string(value) for one in found.body if (value := _assigned(one, name))), "")


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    if isinstance(statement, ast.Assign) and last_name(statement.targets[0]) == name:
        return statement.value
    if isinstance(statement, ast.AnnAssign) and last_name(statement.target) == name:
        return statement.value
    return None


def with_version(found: ModelClass, versions: Mapping[str, str]) -> ModelClass:
    """The library's title names the version that is installed."""
    return replace(found, library=replace(found.library, version=versions.get("transformers", "")))
