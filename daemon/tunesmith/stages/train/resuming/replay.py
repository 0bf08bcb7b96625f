"""Steps that are done twice, once before the crash and once after: their numbers are compared.

After each checkpoint what is logged is kept for a while. A resumed training repeats steps anyway, so that
nothing extra is run for the proof.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tunesmith.core.files import append_json

MOST = 50
"""Logs that are kept after each checkpoint."""
KEPT = ("loss", "grad_norm")


class Keeper:
    """Writes down what is logged soon after a checkpoint. Only rank 0 has one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = 0
        self._file: int | None = None

    def saved(self) -> None:
        self._left = MOST

    def logged(self, step: int, logs: Mapping[str, float]) -> None:
        if not self._left:
            return
        self._left -= 1
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            append_json(self._file, {"step": step, **{name: logs[name] for name in KEPT if name in logs}})
        except OSError as error:
            self._left = 0
            print(f"{self._path.name} could not be written: {error}", file=sys.stderr)


class Replay:
    """Compares what is logged with what was, as long as there is something to compare."""

    def __init__(self, path: Path, after: int) -> None:
        self._then = {step: logs for step, logs in _read(path) if step > after}
        self.same = 0
        self.differs_at: int | None = None
        self.difference: str | None = None

    def logged(self, step: int, logs: Mapping[str, float]) -> bool:
        """True when that says something new."""
        then = self._then.pop(step, None)
        if then is None or self.differs_at is not None:
            return False
        for name in KEPT:
            # repr: a NaN equals itself here, and nothing is rounded.
            if name in then and repr(then[name]) != repr(logs.get(name)):
                self.differs_at = step
                self.difference = f"{name} {then[name]!r} then, {logs.get(name)!r} now"
                return True
        self.same += 1
        return True

    def forget(self, step: int) -> None:
        """Of this step something else was logged then."""
        self._then.pop(step, None)


def _read(path: Path) -> list[tuple[int, dict[str, float]]]:
    """The lines of replay.jsonl; one that was cut short is left out."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    found: list[tuple[int, dict[str, float]]] = []
    for line in lines:
        try:
            record = json.loads(line)
            found.append((int(record.pop("step")), record))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found
