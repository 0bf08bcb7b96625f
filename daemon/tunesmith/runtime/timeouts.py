"""The timeouts of collectives, held off while a rank is debugged: the others wait for it in one.

What PyTorch has not made yet, like the process group of a script that is just starting, is found when it is
there. Nothing is imported: a program without torch.distributed has no collectives.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

HELD = timedelta(days=7)


class Timeouts:
    """Those of this process, and what they were."""

    def __init__(self) -> None:
        self._before: dict[Any, timedelta] = {}
        self._unknown = False

    def hold_off(self) -> None:
        """Also of groups that were made since the last call."""
        if self._unknown:
            return
        try:
            self._hold_off()
        except Exception as error:  # noqa: BLE001 - PyTorch's own names, which another version may lack
            self._unknown = True
            print(f"tunesmith: collectives time out as ever: {error!r}", file=sys.stderr, flush=True)

    def _hold_off(self) -> None:
        for backend in _backends():
            if backend not in self._before:
                self._before[backend] = backend.options._timeout
                backend._set_default_timeout(max(HELD, self._before[backend]))

    def restore(self) -> None:
        before, self._before = self._before, {}
        for backend, timeout in before.items():
            backend._set_default_timeout(timeout)


def _backends() -> list[Any]:
    """The gloo and NCCL backends of all process groups; others have no timeout that could be changed."""
    distributed: Any = sys.modules.get("torch.distributed.distributed_c10d")
    groups = list(distributed._world.pg_map) if distributed is not None else []
    found = [group._get_backend(device) for group in groups for device in group._device_types]
    return [backend for backend in dict.fromkeys(found) if _is_timed(backend)]


def _is_timed(backend: Any) -> bool:
    return hasattr(backend, "_set_default_timeout") and hasattr(getattr(backend, "options", None), "_timeout")
