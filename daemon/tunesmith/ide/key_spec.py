"""One description of a key, whoever it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from tunesmith.core.section import PathKind


@dataclass(frozen=True)
class KeySpec:
    """`source` is the package that the key belongs to, empty for our own.

    `default` is as YAML would have it.
    """

    name: str
    type: str
    help: str
    default: str | None = None
    required: bool = False
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    path: PathKind | None = None
    suffixes: tuple[str, ...] = ()
    section: bool = False
    source: str = ""
