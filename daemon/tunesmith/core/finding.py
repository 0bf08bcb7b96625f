"""What a check complains about: a code, a place in the recipe and the arguments of the message.

A finding holds no text. Its text is made at the edge (`rules.texts`) from the code's message and the
arguments.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tunesmith.core.path import RecipePath


class Severity(enum.Enum):
    """ERROR: the launch is certain to fail. WARNING: silently wrong or wasteful. HINT: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class RenameKey:
    """Replace the key at `path` by `to`, keeping its value."""

    path: RecipePath
    to: str


@dataclass(frozen=True)
class SetValue:
    """Write `text` (YAML as it should stand in the file) as the value at `path`; adds the key if it is
    absent."""

    path: RecipePath
    text: str


@dataclass(frozen=True)
class RemoveKey:
    """Take the key at `path` and its value out of the file."""

    path: RecipePath


Edit = RenameKey | SetValue | RemoveKey


@dataclass(frozen=True)
class Fix:
    """One way to mend a finding. `preferred` is what "fix all" applies."""

    title: str
    edits: tuple[Edit, ...]
    preferred: bool = False


@dataclass(frozen=True)
class Finding:
    """One complaint. `on` says whether the key or the value at `path` is underlined."""

    code: str
    severity: Severity
    path: RecipePath
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    on: Literal["key", "value"] = "key"
    fixes: tuple[Fix, ...] = ()
