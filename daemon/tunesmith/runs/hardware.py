"""The names of this machine's parts, from files that Linux keeps; elsewhere they stay unknown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def hardware(proc: Path = Path("/proc")) -> dict[str, Any]:
    """`memory` in bytes; `gpus` as the driver names them. The driver itself is not asked."""
    nvidia = sorted((proc / "driver" / "nvidia" / "gpus").glob("*/information"))
    return {
        "cpu": _value(proc / "cpuinfo", "model name"),
        "memory": _memory(),
        "gpus": [name for path in nvidia if (name := _value(path, "Model"))],
        "driver": _driver(proc / "driver" / "nvidia" / "version"),
    }


def _value(path: Path, name: str) -> str | None:
    """Of the first line `name: value`."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            pairs = (line.partition(":") for line in file)
            return next((value.strip() for key, _, value in pairs if key.strip() == name), None)
    except OSError:
        return None


def _driver(path: Path) -> str | None:
    try:
        first = path.read_text(encoding="utf-8", errors="replace").splitlines()[0]
    except (OSError, IndexError):
        return None
    return first.partition(":")[2].strip() or None


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None
