"""The latest lines of a run's progress, read as they come: what was read once is not read again."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any, cast

from tunesmith.core.run import Phase, Progress

MOST = 32768
"""Bytes that are read at most: the end of the file tells all that is shown."""
LINES = 300
"""Lines that are kept."""


class Recent:
    """The end of a `progress.jsonl`. A line that cannot be understood is left out, a torn last one waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._unread: list[bytes] = []
        self._lines: deque[Progress] = deque(maxlen=LINES)

    def latest(self, attempt: int) -> Progress | None:
        """The last line of this attempt; understands no more lines than it must."""
        self._read()
        for raw in reversed(self._unread):
            if (found := understood(raw)) and found.attempt == attempt:
                return found
        return next((found for found in reversed(self._lines) if found.attempt == attempt), None)

    def lines(self, attempt: int) -> list[Progress]:
        """The latest lines of this attempt, oldest first."""
        self._read()
        self._lines.extend(found for raw in self._unread if (found := understood(raw)))
        self._unread = []
        return [found for found in self._lines if found.attempt == attempt]

    def _read(self) -> None:
        try:
            size = self._path.stat().st_size
            if size == self._offset:
                return
            if size < self._offset:
                self._offset, self._unread = 0, []
                self._lines.clear()
            start = max(self._offset, size - MOST)
            with open(self._path, "rb") as file:
                file.seek(start)
                data = file.read(size - start)
        except (FileNotFoundError, NotADirectoryError):
            return
        lines = data.split(b"\n")
        self._unread += lines[:-1] if start == self._offset else lines[1:-1]
        self._offset = size - len(lines[-1])


def understood(raw: bytes) -> Progress | None:
    """One line, or None when it says something else."""
    try:
        record: Any = json.loads(raw)
        if not isinstance(record, dict):
            return None
        fields = cast("dict[str, Any]", record)
        return Progress(**{**fields, "phase": Phase(fields["phase"])})
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
