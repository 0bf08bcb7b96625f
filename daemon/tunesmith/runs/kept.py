"""The files that a run keeps, read as what they are: whatever somebody put there."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, cast

MOST = 4 * 1024 * 1024


def content(path: Path, most: int = MOST) -> bytes | None:
    """The first `most` bytes of a regular file; None for anything else, a link among it."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        return file.read(most) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None


def text(path: Path) -> str | None:
    """UTF-8, as far as it is; lines end as they do here."""
    found = content(path)
    return None if found is None else found.decode("utf-8", "replace").replace("\r\n", "\n")


def record(path: Path) -> dict[str, Any]:
    """The JSON object in it; empty when there is none."""
    try:
        value = json.loads(content(path) or b"")
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def part(whole: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under `key`; empty when something else stands there."""
    value = whole.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
