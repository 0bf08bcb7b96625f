"""Which anchor an alias means."""

from __future__ import annotations

from collections.abc import Sequence

from tunesmith.syntax.marks import Mark
from tunesmith.syntax.tree import Position


def mark_at(every: Sequence[Mark], position: Position) -> Mark | None:
    """With the sign before the name."""
    return next((one for one in every if _covers(one, position)), None)


def alike(every: Sequence[Mark], asked: Mark) -> list[Mark]:
    """The anchor, and the aliases that mean it: those below it, up to the next of its name."""
    groups: list[list[Mark]] = [[]]
    for one in every:
        if one.name == asked.name:
            if one.is_anchor:
                groups.append([])
            groups[-1].append(one)
    return next(group for group in groups if asked in group)


def _covers(one: Mark, position: Position) -> bool:
    (line, start), end = one.range
    return Position(line, start - 1) <= position <= end
