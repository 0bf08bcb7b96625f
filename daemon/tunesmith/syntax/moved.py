"""The same nodes on other lines.

After Enter at the top of a long text thousands of nodes move, so they are copied slot by slot: what does not
depend on the place is not worked out again.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Range, Scalar

Part = TypeVar("Part", bound=Entry | Node)

new_tuple = cast(Any, tuple).__new__
new_object = cast(Any, object).__new__


def _setters(cls: type, *names: str) -> list[Any]:
    return [vars(cls)[name].__set__ for name in names]


scalar_range, scalar_text, scalar_value, scalar_style = _setters(Scalar, "range", "text", "value", "style")
entry_range, entry_key, entry_value, entry_name = _setters(Entry, "range", "key", "value", "name")


def moved(part: Part, by: int) -> Part:
    """`part`, `by` lines further down."""
    return cast(Part, _entry(part, by) if isinstance(part, Entry) else _node(part, by))


def _entry(entry: Entry, by: int) -> Entry:
    value = entry.value
    made = new_object(Entry)
    entry_range(made, _range(entry.range, by))
    entry_key(made, _scalar(entry.key, by))
    entry_value(made, None if value is None else _node(value, by))
    entry_name(made, entry.name)
    return made


def _node(node: Node, by: int) -> Node:
    if isinstance(node, Scalar):
        return _scalar(node, by)
    if isinstance(node, Map):
        return Map(_range(node.range, by), tuple([_entry(entry, by) for entry in node.entries]), node.flow)
    items = [None if item is None else _node(item, by) for item in node.items]
    return List(_range(node.range, by), tuple(items), node.flow)


def _scalar(scalar: Scalar, by: int) -> Scalar:
    made = new_object(Scalar)
    scalar_range(made, _range(scalar.range, by))
    scalar_text(made, scalar.text)
    scalar_value(made, scalar.value)
    scalar_style(made, scalar.style)
    return made


def _range(where: Range, by: int) -> Range:
    (start_line, start), (end_line, end) = where
    first = new_tuple(Position, (start_line + by, start))
    return new_tuple(Range, (first, new_tuple(Position, (end_line + by, end))))
