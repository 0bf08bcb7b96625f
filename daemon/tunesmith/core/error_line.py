"""The exception that a rank wrote down, as one line."""

from __future__ import annotations

from collections.abc import Mapping


def error_line(record: Mapping[str, object]) -> str:
    """`ValueError: bad`: its type and the first line of its message that says anything."""
    first = next((line for line in str(record.get("message", "")).splitlines() if line.strip()), "")
    return f"{record.get('type', 'Error')}: {first.strip()}".rstrip(": ")
