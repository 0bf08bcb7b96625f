"""The same nodes on other lines."""

from __future__ import annotations

from typing import TypeVar, cast

from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Range, Scalar

Part = TypeVar("Part", bound=Entry | Node)


def moved(part: Part, by: int) -> Part:
    """`part`, `by` lines further down."""
    return cast(Part, _entry(part, by) if isinstance(part, Entry) else _node(part, by))


def _entry(entry: Entry, by: int) -> Entry:
    value = entry.value
    return Entry(_range(entry.range, by), _scalar(entry.key, by), None if value is None else _node(value, by))


def _node(node: Node, by: int) -> Node:
    if isinstance(node, Scalar):
        return _scalar(node, by)
    if isinstance(node, Map):
        return Map(_range(node.range, by), tuple([_entry(entry, by) for entry in node.entries]), node.flow)
    items = [None if item is None else _node(item, by) for item in node.items]
    return List(_range(node.range, by), tuple(items), node.flow)


def _scalar(scalar: Scalar, by: int) -> Scalar:
    return Scalar(_range(scalar.range, by), scalar.text, scalar.value, scalar.style)


def _range(where: Range, by: int) -> Range:
    (start_line, start), (end_line, end) = where
    return Range(Position(start_line + by, start), Position(end_line + by, end))
