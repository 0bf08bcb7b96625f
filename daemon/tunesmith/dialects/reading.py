"""Somebody else's file as the recipe that it amounts to, with the place where each part is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunesmith.core.partly import Partly
from tunesmith.core.path import RecipePath
from tunesmith.dialects.recognise import Dialect
from tunesmith.syntax.tree import Range, Tree


@dataclass(frozen=True)
class Place:
    """A path in one of the documents."""

    document: Path
    path: RecipePath


@dataclass(frozen=True)
class Reading:
    """`values` have the form of a recipe. `origins` say where its paths are written; what lies below a path
    that is named lies below its place. `documents`: the file itself first, then what it links to.
    `arguments`: the classes whose keys `train` holds, as in a section's marker. `unread`: by section, what is
    written there in a way that only a run can tell; None is for everything that is not among its values."""

    dialect: Dialect
    values: Mapping[str, Any]
    origins: Mapping[RecipePath, Place]
    documents: Mapping[Path, Tree]
    arguments: tuple[str, ...] = ()
    unread: Mapping[str, frozenset[str] | None] = field(default_factory=dict[str, "frozenset[str] | None"])

    @property
    def guarded(self) -> Mapping[str, Any]:
        """`values`, of which nobody can take for absent what was not read."""
        sections = {name: Partly(self.values.get(name, {}), unread) for name, unread in self.unread.items()}
        return {**self.values, **sections}

    @property
    def file(self) -> Path:
        return next(iter(self.documents))

    def place(self, path: RecipePath) -> Place:
        """Where a path of the recipe is written, or the nearest thing above it; at last the file itself."""
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin is not None:
                return Place(origin.document, origin.path + path[length:])
        return Place(self.file, ())

    def written(self, path: RecipePath) -> Place | None:
        """Where a path of the recipe is or would be written; None when this dialect has no place for it."""
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin is not None:
                return Place(origin.document, origin.path + path[length:])
        flat = self.dialect in FLAT and path[:1] == ("train",) and len(path) == 2
        return Place(self.file, path[1:]) if flat else None

    def range_of(self, place: Place, on: str = "key") -> Range:
        """What to underline there."""
        return self.documents[place.document].range_of(place.path, "value" if on == "value" else "key")


FLAT = (Dialect.HF_ARGUMENTS, Dialect.LLAMA_FACTORY)
"""They write the Trainer's arguments at the top."""


class Builder:
    """Collects the parts of a reading: a value, where it goes in the recipe, and where it is written."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[RecipePath, Place] = {}

    def put(self, path: RecipePath, value: object, place: Place) -> None:
        """Set `path` of the recipe; what is there already stays, as it was found nearer to the training."""
        here = self.values
        for step in path[:-1]:
            here = here.setdefault(str(step), {})
        last = str(path[-1])
        if last in here:
            return
        here[last] = value
        self.origins[path] = place

    def section(self, name: str, values: Mapping[str, Any], document: Path, below: RecipePath = ()) -> None:
        """A whole mapping as a section."""
        self.values.setdefault(name, {})
        self.origins.setdefault((name,), Place(document, below))
        for key, value in values.items():
            self.put((name, key), value, Place(document, (*below, key)))
