"""What `&name` marks and `*name` repeats."""

from __future__ import annotations

from dataclasses import dataclass, field

from tunesmith.syntax.tree import Entry, List, Map, Node

MOST_REPEATED = 10_000
"""Parts that the aliases of one document stand for. Anchors that repeat anchors make texts of a kilobyte
stand for terabytes."""


@dataclass
class Anchors:
    """Those of one document, as far as it was read."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    repeated: int = 0

    def has_room_for(self, target: Node) -> bool:
        """Whether it may be repeated once more; counts what is."""
        waiting: list[Node | Entry | None] = [target]
        while waiting:
            self.repeated += 1
            if self.repeated > MOST_REPEATED:
                return False
            here = waiting.pop()
            if isinstance(here, Map):
                waiting += here.entries
            elif isinstance(here, List):
                waiting += here.items
            elif isinstance(here, Entry):
                waiting.append(here.value)
        return True
