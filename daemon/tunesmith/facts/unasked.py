"""Facts that nobody can wait for: what they are about is not named at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tunesmith.core.fact import Fact
from tunesmith.facts.names import (
    DATASETS,
    MODEL,
    OUTPUT_FOLDER,
    RESUMED_FOLDER,
    SCRIPT_ARGUMENTS,
    SCRIPT_USE,
    TRAIN_COLUMNS,
    TRAIN_FILE,
    TRAIN_ROWS,
    VALIDATION_COLUMNS,
    VALIDATION_FILE,
)

NAMED_AT: Mapping[Fact[Any], tuple[str, ...]] = {
    TRAIN_FILE: ("data", "train"),
    TRAIN_COLUMNS: ("data", "train"),
    TRAIN_ROWS: ("data", "train"),
    VALIDATION_FILE: ("data", "validation"),
    VALIDATION_COLUMNS: ("data", "validation"),
    MODEL: ("model", "name_or_path"),
    SCRIPT_USE: ("script",),
    SCRIPT_ARGUMENTS: ("script",),
    OUTPUT_FOLDER: ("train", "output_dir"),
    RESUMED_FOLDER: ("train", "resume_from_checkpoint"),
    DATASETS: ("registry",),
}
"""Where the values of a training name what a fact is about."""


def unasked(values: Mapping[str, object]) -> frozenset[Fact[Any]]:
    return frozenset(fact for fact, path in NAMED_AT.items() if _at(values, path) is None)


def _at(values: Mapping[str, object], path: tuple[str, ...]) -> object:
    found: object = values
    for key in path:
        found = cast("Mapping[str, object]", found).get(key) if isinstance(found, dict) else None
    return found
