"""From tree-sitter's nodes to our tree. Only text without syntax errors comes here."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import tree_sitter
import tree_sitter_yaml

from tunesmith.syntax import scalars
from tunesmith.syntax.anchors import Anchors
from tunesmith.syntax.memo import LONGEST, Memo
from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Problem, Range, Scalar, Style

Syntax = tree_sitter.Node

DEEPEST = 100
TOO_DEEP = "it is nested too deeply"

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


@dataclass
class Converter:
    """One text on its way into our tree; `first_line` is the line that it starts on in the whole document."""

    text: str
    first_line: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    anchors: Anchors = field(default_factory=Anchors)
    known: Memo[Entry] | None = None
    """Entries of an earlier reading. None: an anchor may give the same text another meaning."""

    def __post_init__(self) -> None:
        # Columns are bytes to tree-sitter and code points to us: the same on lines of ASCII.
        self._depth = 0
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
            self.problems.append(Problem("TN001", self._range(node), {"reason": TOO_DEEP}))
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
            self.anchors.nodes[anchor] = value
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
            kind = child.type
            if kind == "block_mapping_pair":
                entry = self._known_entry(child)
            elif kind == "flow_pair":
                entry = self._entry(child)
            elif kind == "flow_node":
                key = self._key(child)
                entry = Entry(key.range, key, None)
            else:
                continue
            entries.append(entry)
        found = Map(self._range(node), tuple(entries), flow)
        self.problems += duplicates(found)
        return found

    def _known_entry(self, pair: Syntax) -> Entry:
        """Nothing but indentation stands before it: its text and its column say all that it is."""
        text = pair.text
        if self.known is None or text is None or len(text) > LONGEST:
            return self._entry(pair)
        line, column = pair.start_point
        line += self.first_line
        known = self.known.get((column, text), line)
        if known is not None:
            return known[0]
        before = len(self.problems)
        entry = self._entry(pair)
        if len(self.problems) == before:
            self.known.put((column, text), line, entry)
        return entry

    def _entry(self, pair: Syntax) -> Entry:
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
        target = self.anchors.nodes.get(name)
        if target is None:
            self.problems.append(Problem("TN004", where, {"name": name}))
            return None
        if not self.anchors.has_room_for(target):
            self.problems.append(Problem("TN001", where, {"reason": "its aliases repeat too much"}))
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
        length = len(self.text.split("\n")[start.line - self.first_line])
        return Range(start, Position(start.line, min(start.character + 3, length)))


def duplicates(found: Map) -> list[Problem]:
    """The keys that stand in the map already."""
    problems: list[Problem] = []
    for entry in found.entries if len(found.by_name) < len(found.entries) else ():
        earlier = found.by_name[entry.name]
        if earlier is not entry:
            line = earlier.key.range.start.line + 1
            problems.append(Problem("TN003", entry.key.range, {"key": entry.name, "line": line}))
    return problems
