"""What Tunesmith trains with, and what an interpreter lacks of it, in one sentence with what to do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import expanded
from tunesmith.facts.packages import at_least

OLDEST_PYTHON = (3, 10)

Need = Literal["all", "built-in", "peft", "extra"]


@dataclass(frozen=True)
class Requirement:
    """`needed` by all runs, by recipes with a `task:` or with `peft:`, or by what `use` names alone."""

    name: str
    oldest: tuple[int, ...]
    needed: Need
    use: str


REQUIREMENTS = (
    Requirement("torch", (2, 4), "all", "training"),
    Requirement("accelerate", (0,), "all", "launching the processes of a run"),
    Requirement("transformers", (4, 46), "built-in", "recipes with a task"),
    Requirement("datasets", (0,), "built-in", "reading the data of recipes with a task"),
    Requirement("tensorboard", (0,), "extra", "event files that an own script writes"),
    Requirement("peft", (0,), "peft", "adapters like LoRA"),
    Requirement("debugpy", (0,), "extra", "Attach Debugger"),
)


def unusable(chosen: str | None) -> str:
    """Why there is no interpreter."""
    if not chosen:
        return "No training interpreter was found. Select the Python that has torch and transformers."
    place = expanded(chosen)
    return f"{_why_not(place)} Select another training interpreter."


def unfit(interpreter: Interpreter) -> str | None:
    """What rules the interpreter out by itself, whatever is installed in it."""
    if interpreter.version and not at_least(interpreter.version, *OLDEST_PYTHON):
        return (
            f"{interpreter.path} is Python {interpreter.version}; training needs {dotted(OLDEST_PYTHON)} "
            f"or newer. Select another training interpreter."
        )
    return None


def unequipped(
    interpreter: Interpreter, versions: Mapping[str, str], missing: Collection[str], needs: Collection[Need]
) -> str | None:
    """What the interpreter lacks for a run. `missing` names what is certain not to be there."""
    needed = [one for one in REQUIREMENTS if one.needed in needs]
    if absent := [one.name for one in needed if one.name in missing]:
        lacks = " and no ".join(absent)
        them = "it" if len(absent) == 1 else "them"
        what_to_do = f"Install {them} there, or select another training interpreter."
        return f"{interpreter.path} has no {lacks}. {what_to_do}"
    for one in needed:
        version = versions.get(one.name)
        if version is not None and not at_least(version, *one.oldest):
            return (
                f"{interpreter.path} has {one.name} {version}; training needs {dotted(one.oldest)} or newer. "
                f"Update it there, or select another training interpreter."
            )
    return None


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def absent_from(site_packages: Collection[Path], versions: Mapping[str, str]) -> frozenset[str]:
    """Those of REQUIREMENTS that lie nowhere: neither installed nor importable as a folder of sources.

    Nothing is certain where no folder of packages was found.
    """
    if not site_packages:
        return frozenset()
    return frozenset(_absent(site_packages, versions))


def _absent(site_packages: Collection[Path], versions: Mapping[str, str]) -> Iterator[str]:
    for one in REQUIREMENTS:
        if one.name not in versions:
            places = (folder / one.name / "__init__.py" for folder in site_packages)
            if not any(place.is_file() for place in places):
                yield one.name


def _why_not(place: Path) -> str:
    if place.is_symlink() and not place.exists():
        return f"{place} is a link to {os.readlink(place)}, which is gone."  # noqa: PTH115
    if place.is_dir():
        return f"{place} is a folder without a Python in it."
    if not place.exists():
        return f"There is no Python at {place}."
    return f"{place} is not a program that can be started."
