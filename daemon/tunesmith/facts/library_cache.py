"""Library fields by package version, kept on disk: reading them from source takes a quarter of a second."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tunesmith.core.files import read_json, write_text
from tunesmith.facts.class_source import argument_help, options, read_class
from tunesmith.facts.library import Library, LibraryField, Place
from tunesmith.facts.source import load

log = logging.getLogger(__name__)

# Raised when what is read out of the source changes.
FORMAT = 2


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CACHE_HOME/tunesmith`, or `~/.cache/tunesmith`."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tunesmith"


def read_library(
    site_packages: Sequence[Path], place: Place, version: str, cache: Path | None = None
) -> Library | None:
    """The class as installed; None when its source is not there or cannot be read, which is logged."""
    root = next((folder for folder in site_packages if (folder / place.module).is_file()), None)
    if root is None:
        return None
    try:
        kept = (cache or cache_folder()) / "libraries" / _file_name(root, place, version)
        known = _load(kept)
        if known is not None:
            return known
        library = Library(place.package, version, place.name, fields_of(root, place))
    except (OSError, SyntaxError, ValueError) as error:
        log.warning("%s cannot be read for its fields: %s", root / place.module, error)
        return None
    _save(kept, library)
    return library


def fields_of(root: Path, place: Place) -> Mapping[str, LibraryField]:
    if place.options:
        return options(load(root, place.module), place.options)
    fields = read_class(load(root, place.module), place.name)
    if place.arguments:
        helps = argument_help(load(root, place.arguments))
        for name, one in fields.items():
            text, choices = helps.get(name, ("", ()))
            fields[name] = replace(one, help=one.help or text, choices=one.choices or choices)
    return fields


def _file_name(root: Path, place: Place, version: str) -> str:
    """Names the version, and the very file: an edited or reinstalled package is read again."""
    stat = (root / place.module).stat()
    about = f"{FORMAT} {root / place.module} {stat.st_mtime_ns} {stat.st_size}"
    return f"{place.name}-{version}-{hashlib.sha256(about.encode()).hexdigest()[:12]}.json"


def _load(path: Path) -> Library | None:
    raw = read_json(path)
    if raw is None:
        return None
    try:
        fields = {name: _field(one) for name, one in raw["fields"].items()}
        return Library(raw["package"], raw["version"], raw["name"], fields)
    except (KeyError, TypeError, AttributeError) as error:
        log.warning("%s is not a cached library and is written anew: %r", path, error)
        return None


def _field(raw: dict[str, Any]) -> LibraryField:
    values: dict[str, Any] = {**raw, "kinds": frozenset(raw["kinds"]), "choices": tuple(raw["choices"])}
    return LibraryField(**values)


def _save(path: Path, library: Library) -> None:
    raw = asdict(library)
    for one in raw["fields"].values():
        one["kinds"] = sorted(one["kinds"])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(raw, ensure_ascii=False))
    except OSError as error:
        log.warning("Library fields are not kept in %s: %s", path, error)
