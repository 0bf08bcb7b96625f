"""Where a text marks values by `&name` and repeats them by `*name`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tunesmith.syntax import convert
from tunesmith.syntax.convert import Syntax
from tunesmith.syntax.tree import Position, Range


class Mark(NamedTuple):
    """`range` is that of the name alone."""

    range: Range
    name: str
    is_anchor: bool


def marks(text: str) -> tuple[Mark, ...]:
    """Those of the first document, in order; none of a text that is not YAML."""
    if "&" not in text:
        return ()
    root = convert.parse(text)
    documents = [node for node in root.named_children if node.type == "document"]
    if root.has_error or not documents:
        return ()
    lines = text.split("\n")
    return tuple(_mark(lines, node) for node in _named(documents[0]))


def _named(node: Syntax) -> Iterator[Syntax]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here.type in ("anchor_name", "alias_name"):
            yield here
        else:
            waiting += reversed(here.named_children)


def _mark(lines: list[str], node: Syntax) -> Mark:
    (number, start), (_, end) = node.start_point, node.end_point
    # Columns are bytes to tree-sitter and code points to us.
    line = lines[number].encode("utf-8", "surrogatepass")
    before, name = (part.decode("utf-8", "surrogatepass") for part in (line[:start], line[start:end]))
    where = Range(Position(number, len(before)), Position(number, len(before) + len(name)))
    return Mark(where, name, node.type == "anchor_name")
