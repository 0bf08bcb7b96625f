"""Where the lines of a YAML document belong. Sections stand one step to the right of their keys, what a list
item holds beside its dash; a text over several lines moves with the key that it belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from tunesmith.syntax.convert import Syntax

BLOCKS = ("block_mapping", "block_sequence")
INSIDE_ITEM = 2
"""Columns from a dash to what stands behind it."""


@dataclass
class Layout:
    """Columns are those of tree-sitter, bytes: indentation is made of spaces."""

    lines: Sequence[str]
    step: int
    starts: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    """Lines that a key, an item or a value begins: line, column, the column where it belongs."""
    shifts: dict[int, int] = field(default_factory=dict[int, int])
    """Lines that go on with a value: how far it moves to the right."""
    verbatim: set[int] = field(default_factory=set[int])
    """Lines whose end belongs to a value."""
    gaps: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    """White space behind a colon or a dash: line, start and end."""
    comments: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Comments on lines of their own."""

    def document(self, root: Syntax) -> None:
        for node in root.named_children:
            if node.type == "comment":
                self._comment(node)
            elif node.type == "document":
                for child in node.named_children:
                    if child.type == "comment":
                        self._comment(child)
                    elif child.type in ("block_node", "flow_node"):
                        self._value(child, 0, 0, -1, 0)

    def indents(self) -> dict[int, int]:
        """The columns that lines begin at, by line; lines that may stay where they are may be left out."""
        found = {line: column for line, _, column in self.starts}
        for line, by in self.shifts.items():
            text = self.lines[line]
            if text.strip():
                found[line] = max(len(text) - len(text.lstrip(" ")) + by, 0)
        self.starts.sort()
        numbers = [line for line, _, _ in self.starts]
        for line, column in self.comments:
            found[line] = self._of_comment(bisect_right(numbers, line), column)
        return found

    def _of_comment(self, after: int, column: int) -> int:
        """With what it is flush with: the next line, else one above, else it moves with the line above."""
        if after < len(self.starts) and self.starts[after][1] == column:
            return self.starts[after][2]
        for _, old, new in reversed(self.starts[:after]):
            if old == column:
                return new
            if old < column:
                break
        if not after:
            return column
        _, old, new = self.starts[after - 1]
        return max(column + new - old, 0)

    def _block(self, node: Syntax, column: int) -> None:
        for child in node.named_children:
            if child.type == "comment":
                self._comment(child)
            else:
                self._member(child, column)

    def _member(self, node: Syntax, column: int) -> None:
        """A key or an item with what belongs to it."""
        line, old = node.start_point
        if self._is_first(line, old):
            self.starts.append((line, old, column))
        mark = value = None
        item = node.type == "block_sequence_item"
        for child in node.children:
            kind = child.type
            if kind == "comment":
                self._comment(child)
            elif kind in (":", "-"):
                mark = child
            elif kind == "?":
                self._goes_on(node, column - old)
                return
            elif mark is not None and kind in ("block_node", "flow_node"):
                value = child
        if mark is None or value is None:
            return
        (row, end), (below, start) = mark.end_point, value.start_point
        if row == below:
            self.gaps.append((row, end, start))
        inside = column + INSIDE_ITEM if item and row == below else column + self.step
        self._value(value, inside, column + self.step, row, column - old)

    def _value(self, node: Syntax, inside: int, below: int, row: int, by: int) -> None:
        """`inside`: where a block belongs that begins behind the mark in line `row`, `below` one under it."""
        for child in node.named_children:
            kind = child.type
            line, old = child.start_point
            if kind == "comment":
                self._comment(child)
            elif kind in BLOCKS:
                self._block(child, below if line != node.start_point[0] else inside)
            elif kind == "block_scalar":
                self._text(child, by)
            elif line > row and self._is_first(line, old):
                self.starts.append((line, old, below))
                self._goes_on(child, below - old)
            else:
                self._goes_on(child, by)

    def _goes_on(self, node: Syntax, by: int) -> None:
        """What follows in the next lines is kept as it is, beside what it follows."""
        first, last = node.start_point[0], node.end_point[0]
        for line in range(first, last):
            self.verbatim.add(line)
            self.shifts[line + 1] = by

    def _text(self, node: Syntax, by: int) -> None:
        first, (last, column) = node.start_point[0], node.end_point
        last = last if column else last - 1
        if "+" in self.lines[first][node.start_point[1] :].split("#")[0]:
            while last + 1 < len(self.lines) and not self.lines[last + 1].strip():
                last += 1
        for line in range(first + 1, last + 1):
            self.verbatim.add(line)
            self.shifts[line] = by

    def _comment(self, node: Syntax) -> None:
        line, column = node.start_point
        if self._is_first(line, column):
            self.comments.append((line, column))

    def _is_first(self, line: int, column: int) -> bool:
        return not self.lines[line][:column].strip(" ")
