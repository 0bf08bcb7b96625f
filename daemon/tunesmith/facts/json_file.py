"""A JSON object in somebody else's file, read in a bounded time."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import cast


def read_object(path: Path, largest: int) -> Mapping[str, object]:
    """Empty for what is not there, is larger than `largest` bytes, or holds something else. Never raises."""
    try:
        about = path.stat()
        # Reading a pipe would wait forever.
        if not stat.S_ISREG(about.st_mode) or about.st_size > largest:
            return {}
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
