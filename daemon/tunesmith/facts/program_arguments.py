"""What a program of the user's takes on its command line, as values."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Action = Literal[
    "store", "store_true", "store_false", "store_const", "append", "append_const", "count", "extend", "help",
    "version", "on_off",
]  # fmt: skip
Convert = Literal["text", "int", "float", "bool", "flag", "path", "unknown"]
"""`bool` is Python's own, for which every text is true; `flag` reads yes, no, true, false, 1 and 0."""
Nargs = int | Literal["?", "*", "+", "..."] | None

CONVERTS: Mapping[str, str] = {"int": "whole number", "float": "number", "bool": "true or false"}
WITHOUT_VALUE = frozenset(
    ("store_true", "store_false", "store_const", "append_const", "count", "help", "version", "on_off")
)


@dataclass(frozen=True)
class Defined:
    """Where an argument is written down: from `line` to `last`, counted from 0."""

    path: Path
    line: int
    last: int

    def covers(self, path: Path, line: int) -> bool:
        return self.path == path and self.line <= line <= self.last


@dataclass(frozen=True)
class Option:
    """One argument. `flags` as they are written, none for one that is told by its place. `choices` are the
    values after conversion. `certain`: the program takes it whatever happens before."""

    name: str
    flags: tuple[str, ...]
    action: Action = "store"
    convert: Convert = "text"
    type: str = ""
    nargs: Nargs = None
    choices: tuple[object, ...] | None = None
    required: bool = False
    default: str | None = None
    help: str = ""
    certain: bool = True
    defined: Defined | None = None
    source: str = ""

    @property
    def key(self) -> str:
        """How a recipe writes it."""
        return self.keys[0] if self.flags else self.name

    @property
    def keys(self) -> tuple[str, ...]:
        """All ways in which a recipe may write it, the long names first."""
        long = tuple(flag[2:] for flag in self.accepted if flag.startswith("--"))
        return (*long, *(flag for flag in self.flags if not flag.startswith("--")))

    @property
    def accepted(self) -> tuple[str, ...]:
        """All names that it goes by."""
        if self.action != "on_off":
            return self.flags
        return (*self.flags, *(f"--no-{flag[2:]}" for flag in self.flags if flag.startswith("--")))

    @property
    def takes_no_value(self) -> bool:
        return self.action in WITHOUT_VALUE


@dataclass(frozen=True)
class Exclusive:
    """Arguments of which one may be given, by name."""

    names: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, eq=False)
class CommandLine:
    """One is like no other: what is made of it is kept by it.

    `complete`: there are no further arguments. `strict`: others are refused. `certain`: the program surely
    reads its command line so. `libraries`: classes whose fields are arguments as well, as in a section's
    marker. `config`: the argument that names a file with values. `file_prefix`: what a word begins with that
    names a file of arguments."""

    options: tuple[Option, ...]
    exclusive: tuple[Exclusive, ...] = ()
    libraries: tuple[str, ...] = ()
    complete: bool = True
    strict: bool = True
    certain: bool = True
    abbreviates: bool = True
    help: bool = True
    config: str | None = None
    file_prefix: str = ""

    @property
    def named(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.flags)

    def option(self, key: str) -> Option | None:
        """The argument that a key of a recipe writes in full."""
        flag = key if key.startswith("-") else f"--{key}"
        return self.by_flag.get(flag)

    @functools.cached_property
    def by_flag(self) -> Mapping[str, Option]:
        """Every name that stands for an argument."""
        found: dict[str, Option] = {}
        for option in self.options:
            for flag in option.accepted:
                found.setdefault(flag, option)
        return found
