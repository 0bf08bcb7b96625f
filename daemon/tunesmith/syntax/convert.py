"""From tree-sitter's nodes to our tree. Only text without syntax errors comes here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import tree_sitter
import tree_sitter_yaml

from tunesmith.syntax import scalars
from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Problem, Range, Scalar, Style

Syntax = tree_sitter.Node
Place = tuple[int, int, int]
"""A node of a tree-sitter tree: identity, line, column. A node that an edit left alone stays itself."""

DEEPEST = 100

QUOTED: dict[str, tuple[Style, Callable[[str], str]]] = {
    "double_quote_scalar": ("double", scalars.double_quoted),
    "single_quote_scalar": ("single", scalars.single_quoted),
    "block_scalar": ("block", scalars.block),
}


@functools.cache
def parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_yaml.language()))


def parse(text: str) -> Syntax:
    """tree-sitter's reading of `text`."""
    return parser().parse(text.encode("utf-8", "surrogatepass")).root_node


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry, and the places of those inside it."""

    entry: Entry
    inside: tuple[Place, ...]


@dataclass
class Converter:
    """One text on its way into our tree; `first_line` is the line that it starts on in the whole document."""

    text: str
    first_line: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    anchors: dict[str, Node] = field(default_factory=dict[str, Node])
    known: Mapping[Place, Kept] = field(default_factory=dict[Place, Kept])
    """An earlier reading: an entry whose node still stands at its place is taken over."""
    read: dict[Place, Kept] = field(default_factory=dict[Place, Kept])
    """This reading."""

    def __post_init__(self) -> None:
        # Columns are bytes to tree-sitter and code points to us: the same on lines of ASCII.
        self._depth = 0
        self._order: list[Place] = []
        self._lines = None if self.text.isascii() else self.text.split("\n")

    def stream(self, root: Syntax) -> Node | None:
        """The value of the first document."""
        documents = [node for node in root.named_children if node.type == "document"]
        if len(documents) > 1:
            self.problems.append(Problem("TN005", self._first_line_of(documents[1])))
        for node in documents[0].named_children if documents else ():
            if node.type in ("block_node", "flow_node"):
                return self.node(node)
        return None

    def node(self, node: Syntax) -> Node | None:
        """A `block_node` or `flow_node`."""
        if self._depth >= DEEPEST:
            self.problems.append(Problem("TN001", self._range(node), {"reason": "it is nested too deeply"}))
            return None
        self._depth += 1
        try:
            return self._with_properties(node)
        finally:
            self._depth -= 1

    def _with_properties(self, node: Syntax) -> Node | None:
        tag = anchor = None
        value: Node | None = None
        for child in node.named_children:
            kind = child.type
            if kind == "tag":
                tag = self._text(child)
            elif kind == "anchor":
                anchor = self._text(child)[1:]
            elif kind == "alias":
                return self._alias(child)
            elif kind != "comment":
                value = self._content(child, tag)
        if anchor and value is not None:
            self.anchors[anchor] = value
        return value

    def _content(self, node: Syntax, tag: str | None) -> Node | None:
        kind = node.type
        if kind == "plain_scalar":
            text = self._text(node)
            value = scalars.folded(text)
            read = scalars.tagged(tag, value) if tag else scalars.core(value)
            return Scalar(self._range(node), text, read)
        if kind in QUOTED:
            style, read = QUOTED[kind]
            text = self._text(node)
            value = read(text)
            return Scalar(self._range(node), text, scalars.tagged(tag, value) if tag else value, style)
        if kind in ("block_mapping", "flow_mapping"):
            return self._map(node, flow=kind == "flow_mapping")
        if kind in ("block_sequence", "flow_sequence"):
            return self._list(node, flow=kind == "flow_sequence")
        return None

    def _map(self, node: Syntax, *, flow: bool) -> Map:
        entries: list[Entry] = []
        for child in node.named_children:
            if child.type in ("block_mapping_pair", "flow_pair"):
                entry = self._entry(child)
            elif child.type == "flow_node":
                key = self._key(child)
                entry = Entry(key.range, key, None)
            else:
                continue
            entries.append(entry)
        return Map(self._range(node), tuple(entries), flow)

    def _entry(self, pair: Syntax) -> Entry:
        line, column = pair.start_point
        place = (pair.id, line, column)
        kept = self.known.get(place)
        if kept is None:
            before = len(self._order)
            entry = self._new_entry(pair)
            kept = Kept(entry, tuple(self._order[before:]))
        else:
            self.read |= {inner: self.known[inner] for inner in kept.inside}
            self._order += kept.inside
        self.read[place] = kept
        self._order.append(place)
        return kept.entry

    def _new_entry(self, pair: Syntax) -> Entry:
        key_node = pair.child_by_field_name("key")
        value_node = pair.child_by_field_name("value")
        where = self._range(pair)
        key = self._key(key_node) if key_node else Scalar(Range(where.start, where.start), "", "")
        return Entry(where, key, self.node(value_node) if value_node else None)

    def _key(self, node: Syntax) -> Scalar:
        found = self.node(node)
        if isinstance(found, Scalar):
            return found
        return Scalar(self._range(node), self._text(node), self._text(node))

    def _list(self, node: Syntax, *, flow: bool) -> List:
        items: list[Node | None] = []
        for child in node.named_children:
            kind = child.type
            if kind == "block_sequence_item":
                inside = [c for c in child.named_children if c.type in ("block_node", "flow_node")]
                items.append(self.node(inside[0]) if inside else None)
            elif kind == "flow_node":
                items.append(self.node(child))
            elif kind == "flow_pair":
                entry = self._entry(child)
                items.append(Map(entry.range, (entry,), flow=True))
        return List(self._range(node), tuple(items), flow)

    def _alias(self, node: Syntax) -> Node | None:
        name = self._text(node)[1:]
        where = self._range(node)
        target = self.anchors.get(name)
        if target is None:
            self.problems.append(Problem("TN004", where, {"name": name}))
            return None
        return replace(target, range=where)

    def _text(self, node: Syntax) -> str:
        return (node.text or b"").decode("utf-8", "surrogatepass")

    def _range(self, node: Syntax) -> Range:
        (start_row, start_column), (end_row, end_column) = node.start_point, node.end_point
        return Range(self._position(start_row, start_column), self._position(end_row, end_column))

    def _position(self, row: int, column: int) -> Position:
        if self._lines is not None and row < len(self._lines):
            line = self._lines[row]
            if not line.isascii():
                column = len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))
        return Position(row + self.first_line, column)

    def _first_line_of(self, node: Syntax) -> Range:
        start = self._position(*node.start_point)
        return Range(start, Position(start.line, start.character + 3))
