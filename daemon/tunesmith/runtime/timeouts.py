"""The timeouts of collectives, held off while a rank is debugged or paused: others may wait for it in one.

What PyTorch has not made yet, like the process group of a script that is just starting, is found when it is
there. Nothing is imported: a program without torch.distributed has no collectives.
"""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from typing import Any

HELD = timedelta(days=7)

_lock = threading.Lock()
_before: dict[Any, timedelta] = {}
"""What they were, of this process."""
_holders: set[int] = set()
"""Who holds them off: they come back when nobody does any more."""


class Timeouts:
    """Somebody's wish that nothing times out."""

    def __init__(self) -> None:
        self._unknown = False

    def hold_off(self) -> None:
        """Also of groups that were made since the last call."""
        if self._unknown:
            return
        with _lock:
            _holders.add(id(self))
            try:
                _hold_off()
            except Exception as error:  # noqa: BLE001 - PyTorch's own names, which another version may lack
                self._unknown = True
                print(f"tunesmith: collectives time out as ever: {error!r}", file=sys.stderr, flush=True)

    def restore(self) -> None:
        with _lock:
            _holders.discard(id(self))
            if _holders:
                return
            before = dict(_before)
            _before.clear()
            for backend, timeout in before.items():
                backend._set_default_timeout(timeout)


def _hold_off() -> None:
    for backend in _backends():
        if backend not in _before:
            _before[backend] = backend.options._timeout
            backend._set_default_timeout(max(HELD, _before[backend]))


def _backends() -> list[Any]:
    """The gloo and NCCL backends of all process groups; others have no timeout that could be changed."""
    distributed: Any = sys.modules.get("torch.distributed.distributed_c10d")
    groups = list(distributed._world.pg_map) if distributed is not None else []
    found = [group._get_backend(device) for group in groups for device in group._device_types]
    return [backend for backend in dict.fromkeys(found) if _is_timed(backend)]


def _is_timed(backend: Any) -> bool:
    return hasattr(backend, "_set_default_timeout") and hasattr(getattr(backend, "options", None), "_timeout")
