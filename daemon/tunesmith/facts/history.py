"""The fields of configuration classes at releases that are not installed: a compact record.

A class has one file in `facts/recorded/`, written by `.ci/record_fields.py` from the sources of the releases.
A field is a list of spells: from which release on it looked how; a spell of null: it was taken away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tunesmith.facts.library import Library, LibraryField

Release = tuple[int, ...]


@dataclass(frozen=True)
class History:
    """One class over its releases, oldest first. `spells` by field: (index of a release, how it looks)."""

    package: str
    name: str
    releases: tuple[str, ...]
    spells: Mapping[str, tuple[tuple[int, LibraryField | None], ...]]

    def at(self, version: str) -> Library | None:
        """The class at `version`, or at the newest recorded patch of the same minor release; else None."""
        index = self._index(version)
        if index is None:
            return None
        found = {name: _at(spells, index) for name, spells in self.spells.items()}
        fields = {name: one for name, one in found.items() if one is not None}
        return Library(self.package, version, self.name, fields)

    def since(self, name: str) -> str | None:
        """The first recorded release that takes `name`; None for the very first one, which may not have
        brought it, and for a name that none takes."""
        spells = self.spells.get(name, ())
        first = next((index for index, one in spells if one is not None), 0)
        return self.releases[first] if first else None

    def gone(self, name: str) -> str | None:
        """The recorded release that took `name` away for good; None when the newest one takes it."""
        spells = self.spells.get(name, ())
        return self.releases[spells[-1][0]] if spells and spells[-1][1] is None else None

    def knows(self, name: str) -> bool:
        """Whether any recorded release takes it."""
        return name in self.spells

    def _index(self, version: str) -> int | None:
        if version in self.releases:
            return self.releases.index(version)
        wanted = minor(version)
        same = [index for index, one in enumerate(self.releases) if minor(one) == wanted]
        return same[-1] if same else None


def minor(version: str) -> Release:
    """`4.57.3` and `4.57.0.dev0` → (4, 57); () when it is no version."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return (int(numbers[1]), int(numbers[2])) if numbers else ()


@cache
def history(name: str) -> History | None:
    """The record of a class named as in a section's marker: `transformers:TrainingArguments`."""
    file = resources.files("tunesmith.facts").joinpath("recorded", f"{name.replace(':', '.')}.json")
    if not file.is_file():
        return None
    return read_history(json.loads(file.read_text(encoding="utf-8")))


def read_history(raw: Mapping[str, Any]) -> History:
    """A record as its file has it."""
    spells = {
        name: tuple(
            (index, None if look is None else _field(name, look, raw["help"])) for index, look in each
        )
        for name, each in raw["fields"].items()
    }
    return History(raw["package"], raw["name"], tuple(raw["releases"]), spells)


def write_history(
    package: str, name: str, releases: Mapping[str, Mapping[str, LibraryField]]
) -> dict[str, Any]:
    """The record of `releases`, oldest first, as its file has it. The help is that of the newest spell."""
    names = dict.fromkeys(name for fields in releases.values() for name in fields)
    helps: dict[str, str] = {}
    written: dict[str, list[tuple[int, Any]]] = {one: [] for one in names}
    for index, fields in enumerate(releases.values()):
        for one in names:
            look = _look(fields[one]) if one in fields else None
            spells = written[one]
            if (spells[-1][1] if spells else None) != look:
                spells.append((index, look))
            if one in fields and fields[one].help:
                helps[one] = fields[one].help
    return {
        "package": package,
        "name": name,
        "releases": list(releases),
        "fields": written,
        "help": helps,
    }


def _at(spells: tuple[tuple[int, LibraryField | None], ...], index: int) -> LibraryField | None:
    return next((one for start, one in reversed(spells) if start <= index), None)


def _look(one: LibraryField) -> dict[str, Any]:
    """What of a field is not told by its name and help; only what is not the ordinary case."""
    look: dict[str, Any] = {"type": one.type, "kinds": sorted(one.kinds)}
    if one.default is not None:
        look["default"] = one.default
    if one.required:
        look["required"] = True
    if one.choices:
        look["choices"] = list(one.choices)
    if one.strict:
        look["strict"] = True
    return look


def _field(name: str, look: Mapping[str, Any], helps: Mapping[str, str]) -> LibraryField:
    return LibraryField(
        name,
        look["type"],
        frozenset(look["kinds"]),
        look.get("default"),
        look.get("required", False),
        tuple(look.get("choices", ())),
        look.get("strict", False),
        helps.get(name, ""),
    )
