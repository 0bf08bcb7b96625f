"""What all wire types have in common."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Wire(msgspec.Struct, rename="camel", frozen=True):
    """Base of all wire types: snake_case here, camelCase on the wire."""


class Nothing(Wire):
    """An empty reply."""


class Problem(Wire):
    """A finding as a client without a text editor shows it. Lines and columns count from 1."""

    code: str
    severity: Literal["error", "warning", "hint"]
    message: str
    line: int
    column: int


def to_wire(value: Wire) -> Any:
    """Plain JSON values of a wire struct."""
    return msgspec.to_builtins(value)
