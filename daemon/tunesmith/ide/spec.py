"""What may be written where: one description of a key, whether it is ours or a library's."""

from __future__ import annotations

import dataclasses
import enum
import functools
import typing
from collections.abc import Mapping
from typing import Any

from tunesmith.core.fact import Facts
from tunesmith.core.path import RecipePath
from tunesmith.core.section import attribute_docs, marker
from tunesmith.facts.library import Library, LibraryField
from tunesmith.facts.of_interpreter import LIBRARY_FACTS
from tunesmith.ide.key_spec import KeySpec
from tunesmith.ide.own_arguments import argument_key, argument_keys
from tunesmith.stages import slurm
from tunesmith.stages.recipe import BUILT_IN, Recipe
from tunesmith.stages.sbatch import OPTIONS, Option
from tunesmith.syntax.field_types import choices, field_types, without_none

NAMES: Mapping[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def _job_option(option: Option) -> KeySpec:
    return KeySpec(
        slurm.underscored(option.name),
        option.type,
        option.help,
        choices=() if option.more else option.words,
        examples=option.words if option.more else (),
        source="sbatch",
    )


JOB_OPTIONS = (
    KeySpec(
        "grace",
        NAMES[int],
        "Seconds before its time is up that the run is told to save, to be queued again and to go on.",
        default=str(slurm.GRACE),
    ),
    *map(_job_option, OPTIONS.values()),
)
"""What `run: {slurm: …}` takes."""

INSIDE: Mapping[tuple[str | int, ...], str] = {
    ("accelerate:ClusterConfig", "fsdp_config"): "accelerate:fsdp_config",
}
"""Sections inside of a library's section whose keys are known too."""


def keys_at(path: RecipePath, facts: Facts) -> tuple[KeySpec, ...]:
    """The keys that the section at `path` takes; empty where nothing is known."""
    if not path:
        return tuple(_own(Recipe, field, frozenset(BUILT_IN)) for field in _fields(Recipe))
    if path == ("args",):
        return argument_keys(facts)
    parent: Any = Recipe
    for index, step in enumerate(path):
        field = _field(parent, step)
        if field is None:
            return ()
        library = marker(field).library
        if library is not None:
            rest = path[index + 1 :]
            if library == slurm.LIBRARY:
                return () if rest else JOB_OPTIONS
            return _library_keys(library if not rest else INSIDE.get((library, *rest), ""), facts)
        kind = without_none(field_types(parent)[field.name])
        if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
            return ()
        parent = kind
    return tuple(_own(parent, field) for field in _fields(parent))


def key_at(path: RecipePath, facts: Facts) -> KeySpec | None:
    """The key at `path`, if it is one."""
    if not path:
        return None
    if path[:-1] == ("args",):
        return argument_key(str(path[-1]), facts)
    name = slurm.underscored(path[-1]) if path[:-1] == ("run", "slurm") else path[-1]
    return next((spec for spec in keys_at(path[:-1], facts) if spec.name == name), None)


def _library_keys(name: str, facts: Facts) -> tuple[KeySpec, ...]:
    fact = LIBRARY_FACTS.get(name)
    library: Library | None = facts.get(fact) if fact else None
    if library is None:
        return ()
    return tuple(library_key(field, library.title) for field in library.fields.values())


@functools.lru_cache(maxsize=4096)
def library_key(field: LibraryField, source: str) -> KeySpec:
    """`source`: the library and its version."""
    flag = ("true", "false") if "bool" in field.kinds else ()
    return KeySpec(
        field.name,
        field.type,
        field.help,
        default=field.default,
        required=field.required,
        choices=field.choices or flag,
        section=bool(field.kinds) and field.kinds <= {"dict", "none"},
        source=source,
    )


def _own(cls: type, field: dataclasses.Field[Any], required: frozenset[str] = frozenset()) -> KeySpec:
    about = marker(field)
    kind = without_none(field_types(cls)[field.name])
    words = choices(kind) or (("true", "false") if kind is bool else ())
    obligatory = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    section = about.library is not None or dataclasses.is_dataclass(kind)
    return KeySpec(
        field.name,
        "section" if section else " | ".join(words) or _type_name(kind),
        attribute_docs(cls).get(field.name, ""),
        default=_default(field),
        required=obligatory or field.name in required,
        choices=words,
        examples=about.examples,
        path=about.path,
        suffixes=about.suffixes,
        section=section,
    )


def _type_name(kind: Any) -> str:
    if kind in NAMES:
        return NAMES[kind]
    return "list" if typing.get_origin(kind) in (list, tuple) else "value"


def _default(field: dataclasses.Field[Any]) -> str | None:
    value = field.default
    if value is dataclasses.MISSING or value is None:
        return None
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _fields(cls: Any) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(cls) if not field.metadata.get("internal")]


def _field(cls: Any, name: object) -> dataclasses.Field[Any] | None:
    return next((field for field in _fields(cls) if field.name == name), None)
