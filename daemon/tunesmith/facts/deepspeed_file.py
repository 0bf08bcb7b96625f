"""A DeepSpeed config file that a recipe names, read without DeepSpeed."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

LARGEST = 4 * 1024 * 1024
"""Bytes; such files have some hundreds."""


@dataclass(frozen=True)
class DeepspeedFile:
    """`trouble` completes "FILE …" where DeepSpeed could not read it."""

    path: Path
    exists: bool
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    trouble: str | None = None


def read_deepspeed_file(path: Path) -> DeepspeedFile:
    """Never raises."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            return DeepspeedFile(path, True, trouble="is a folder")
        # Reading a pipe would wait forever.
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            return DeepspeedFile(path, True, trouble="is no JSON file")
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return DeepspeedFile(path, False, trouble="does not exist")
    except OSError as error:
        return DeepspeedFile(path, True, trouble=f"cannot be read: {error.strerror}")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return DeepspeedFile(path, True, trouble=f"is not JSON: {error.msg} ({where})")
    except (ValueError, RecursionError):
        return DeepspeedFile(path, True, trouble="is not JSON")
    if not isinstance(raw, dict):
        return DeepspeedFile(path, True, trouble="holds no JSON object")
    return DeepspeedFile(path, True, cast("dict[str, object]", raw))


def deepspeed_fingerprint(path: Path) -> str:
    try:
        about = path.stat()
    except OSError as error:
        return type(error).__name__
    return f"{about.st_mtime_ns} {about.st_size}"
