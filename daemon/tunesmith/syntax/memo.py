"""What was read of one version of a text, by the text of its parts: the next version takes it over."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from tunesmith.syntax.moved import moved
from tunesmith.syntax.tree import Entry, Node

Part = TypeVar("Part", bound=Entry | Node | None)

# What is longer is put together anew of its parts, so that what is kept stays about as large as the text.
LONGEST = 4096
LEAST = 1000


class Memo(Generic[Part]):
    """Parts by what makes them what they are, each with the line that it was read on.

    Only parts without problems may be put in.
    """

    def __init__(self) -> None:
        self._recent: dict[Hashable, tuple[int, Part]] = {}
        self._older: dict[Hashable, tuple[int, Part]] = {}

    def get(self, key: Hashable, line: int) -> tuple[Part] | None:
        """The part, on `line`; None when it is not known. A tuple, for a part may be None."""
        found = self._recent.get(key) or self._older.get(key)
        if found is None:
            return None
        where, part = found
        if where != line and part is not None:
            part = moved(part, line - where)
        self._recent[key] = line, part
        return (part,)

    def put(self, key: Hashable, line: int, part: Part) -> None:
        self._recent[key] = line, part

    def age(self, lines: int) -> None:
        """Forget what was not used for long. `lines`: how long the text is."""
        if len(self._recent) > max(2 * lines, LEAST):
            self._recent, self._older = {}, self._recent
