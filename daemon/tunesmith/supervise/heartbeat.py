"""A sign of life for whoever looks from another machine: `core.pulse` reads it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from tunesmith.core.files import write_passing
from tunesmith.core.job import HEARTBEAT
from tunesmith.supervise.say import say


class Heartbeat:
    """`with Heartbeat(file, about):` writes one every few seconds, at once for a start."""

    def __init__(self, file: Path, about: Callable[[], Mapping[str, Any]]) -> None:
        self._file = file
        self._about = about
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(1.0)

    def _work(self) -> None:
        for beat in count():
            try:
                # A clock that stands still must not look like an end.
                write_passing(self._file, {"time": time.time(), "beat": beat, **self._about()})
            except OSError as error:
                say(f"no sign of life can be written: {error}")
            if self._over.wait(HEARTBEAT):
                return
