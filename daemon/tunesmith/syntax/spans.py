"""Where nodes stand that were put together from parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Range


def clipped(node: Node | None, end: Position) -> Node | None:
    """`node` without the brackets that were added behind `end`."""
    if node is None or node.range.end <= end:
        return node
    where = cut(node.range, end)
    if isinstance(node, Map):
        entries = tuple(
            Entry(
                cut(one.range, end),
                replace(one.key, range=cut(one.key.range, end)),
                clipped(one.value, end),
            )
            for one in node.entries
        )
        return Map(where, entries, node.flow)
    if isinstance(node, List):
        return List(where, tuple(clipped(item, end) for item in node.items), node.flow)
    return replace(node, range=where)


def cut(where: Range, end: Position) -> Range:
    """What of `where` stands before `end`."""
    return Range(min(where.start, end), min(where.end, end))


def joined(key: Range, value: Node | None) -> Range:
    return key if value is None else Range(key.start, max(key.end, value.range.end))


def spanning(entries: Sequence[Entry]) -> Range:
    return Range(entries[0].range.start, entries[-1].range.end)
