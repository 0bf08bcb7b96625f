"""A section of which not everything can be read: what was not read must never pass for what is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class NotRead(LookupError):
    """Somebody asked for what could not be read: whatever they would say of it is a guess."""


class Partly(dict[str, Any]):
    """`values` as they are written. `unread` names what is written in a way that only a run can tell; None is
    for everything but `values`."""

    def __init__(self, values: Mapping[str, Any], unread: Collection[str] | None) -> None:
        super().__init__(values)
        self._unread = unread

    def _ask(self, key: object) -> None:
        if not super().__contains__(key) and (self._unread is None or key in self._unread):
            raise NotRead(key)

    def __contains__(self, key: object) -> bool:
        self._ask(key)
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self._ask(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._ask(key)
        return super().get(key, default)
