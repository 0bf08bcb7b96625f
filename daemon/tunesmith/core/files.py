"""The three ways to touch a file of a run folder: write it whole, append a line, read it.

Shared by daemon, supervisor and ranks for the same reason as `locks`.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any, cast


def write_json(path: Path, value: object) -> None:
    """Put `value` at `path` in one step: a reader sees the old file, or the whole new one."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_passing(path: Path, value: object) -> None:
    """As `write_json`, for what the next write makes worthless: the disk is not waited for."""
    _replace(path, json.dumps(value, ensure_ascii=False) + "\n", durable=False)


def write_text(path: Path, text: str) -> None:
    """Put `text` at `path` in one step."""
    _replace(path, text, durable=True)


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object at `path`; None when there is no such file or it is not one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def append_json(descriptor: int, value: object) -> None:
    """Append one line to a file that was opened with O_APPEND and has one writer. Raises OSError.

    Of a line that does not fit nothing stays: the next one would be glued to it, and both be lost.
    """
    line = (json.dumps(value, ensure_ascii=False) + "\n").encode()
    written = os.write(descriptor, line)
    if written < len(line):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def size_of(path: Path) -> int:
    """In bytes; 0 when there is no such file."""
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return 0


def last_lines(path: Path, size: int = 32768) -> list[str]:
    """The whole lines among the last `size` bytes of `path`, oldest first; a torn last line is left out."""
    try:
        with open(path, "rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - size))
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return []
    lines = data.split(b"\n")
    whole = lines[:-1] if end <= size else lines[1:-1]
    return [line.decode("utf-8", "replace") for line in whole]


def last_objects(path: Path, size: int = 32768) -> list[dict[str, Any]]:
    """The JSON objects among the last lines of a .jsonl file, oldest first; what is not one is left out."""
    found: list[dict[str, Any]] = []
    for line in last_lines(path, size):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(cast("dict[str, Any]", value))
    return found


def _replace(path: Path, text: str, durable: bool) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with open(partial, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            if durable:
                os.fsync(out.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
