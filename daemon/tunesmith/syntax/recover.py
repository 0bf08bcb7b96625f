"""Reads a document that tree-sitter cannot: by indentation, block by block, so that no complete key is lost.

Each key with its block goes to tree-sitter alone. Where even that fails the block is taken apart further,
down to the line that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tunesmith.syntax import convert, scalars
from tunesmith.syntax.convert import Converter
from tunesmith.syntax.lines import (
    CLOSING,
    COMMENT,
    DOCUMENT,
    ITEM,
    KEY,
    OPENING,
    indent_of,
    indent_of_meaning,
    is_meaningful,
    reason_for,
)
from tunesmith.syntax.memo import LONGEST, Memo
from tunesmith.syntax.spans import clipped, cut, joined, spanning
from tunesmith.syntax.tree import Entry, List, Map, Node, Position, Problem, Range, Scalar

LONG_SECTION = 40


Blocks = Memo[Node | None]
"""Blocks of an earlier reading by their text; None where a block cannot be read as a whole."""


def recover(lines: Sequence[str], converter: Converter, blocks: Blocks | None = None) -> Node | None:
    """What can be read of the first document; problems go to `converter`."""
    end = len(lines)
    start = 0
    for number, line in enumerate(lines):
        if not line.startswith(("---", "...", "%")):
            continue
        if DOCUMENT.match(line) and any(is_meaningful(before) for before in lines[:number]):
            end = number
            break
        if DOCUMENT.match(line) or line.startswith("%"):
            start = number + 1
    indents = [indent_of_meaning(line) for line in lines]
    return _Recovery(lines, indents, converter, blocks).block(start, end)


@dataclass
class _Recovery:
    lines: Sequence[str]
    indents: Sequence[int | None]
    """Of each line; None where nothing stands but a comment."""
    converter: Converter
    known: Blocks | None

    def block(self, start: int, end: int) -> Node | None:
        """The lines from `start` up to `end` as a map or a list, whichever the first of them begins."""
        first = self._first(start, end)
        if first is None:
            return None
        if ITEM.match(self.lines[first].lstrip()):
            return self._list(first, end)
        entries = self._entries(first, end)
        if not entries:
            return None
        found = Map(spanning(entries), tuple(entries))
        self.converter.problems += convert.duplicates(found)
        return found

    def _entries(self, start: int, end: int) -> list[Entry]:
        entries: list[Entry] = []
        number = start
        while number < end:
            line, indent = self.lines[number], self.indents[number]
            if indent is None:
                number += 1
                continue
            self._flag_tab(number)
            match = KEY.match(line, indent)
            if match is None:
                self._problem(number, reason_for(line[indent:]))
                number += 1
                continue
            after = self._end_of_block(number, end, indent)
            whole = None if self._is_long_section(number, after, match) else self._parsed(number, after)
            if isinstance(whole, Map):
                entries += whole.entries
            else:
                entries += self._broken_entry(number, after, match)
            number = after
        return entries

    def _broken_entry(self, number: int, after: int, match: re.Match[str]) -> list[Entry]:
        """The entry on line `number`, and those that stand below it too far to the right."""
        key = self._key(number, match)
        rest = COMMENT.sub("", self.lines[number][match.end() :])
        below = self._first(number + 1, after)
        if not rest.strip():
            value = self.block(number + 1, after)
            return [Entry(joined(key.range, value), key, value)]
        flow = rest.strip()[0] in OPENING
        value = self._inline(number, match.end())
        entries = [Entry(joined(key.range, value), key, value)]
        if below is None or flow:
            return entries
        if KEY.match(self.lines[below], indent_of(self.lines[below])):
            if "\t" not in self.lines[number][: match.start()]:
                reason = "this key is indented further than the one above, which has a value already"
                self._problem(below, reason)
            return entries + self._entries(below, after)
        self._problem(below, reason_for(self.lines[below].strip()))
        return entries

    def _inline(self, number: int, column: int) -> Node | None:
        """What stands after the colon on the key's own line."""
        line = self.lines[number]
        read = self._parsed(number, number + 1, column)
        if read is not None and not isinstance(read, Map | List):
            return read
        if read is not None and (line[column:].strip()[0] in OPENING):
            return read
        text = COMMENT.sub("", line[column:]).strip()
        self._problem(number, reason_for(text))
        start = line.index(text, column)
        where = Range(Position(number, start), Position(number, start + len(text)))
        if text[0] in OPENING:
            return self._flow(number, start, text)
        return Scalar(where, text, text)

    def _flow(self, number: int, start: int, text: str) -> Node | None:
        """A flow collection that is not closed: as if its brackets closed at the end of the line."""
        stack = [OPENING.index(char) for char in text if char in OPENING]
        closed = sum(char in CLOSING for char in text)
        missing = "".join(CLOSING[kind] for kind in reversed(stack[: len(stack) - closed]))
        line = " " * start + text.rstrip(", ") + missing
        root = convert.parse(line)
        if root.has_error or not missing:
            return None
        inner = Converter(line, number, anchors=self.converter.anchors)
        value, end = inner.stream(root), Position(number, start + len(text))
        self.converter.problems += [replace(one, range=cut(one.range, end)) for one in inner.problems]
        return clipped(value, end)

    def _list(self, start: int, end: int) -> List | None:
        """Items one by one; an item that cannot be read alone is left out."""
        indent = indent_of(self.lines[start])
        items: list[Node | None] = []
        number = start
        while number < end:
            line = self.lines[number]
            if self.indents[number] is None:
                number += 1
                continue
            self._flag_tab(number)
            if not ITEM.match(line.lstrip()):
                self._problem(number, reason_for(line.strip()))
                number += 1
                continue
            after = self._end_of_block(number, end, indent, items=True)
            whole = self._parsed(number, after)
            if isinstance(whole, List):
                items += whole.items
            else:
                self._problem(number, reason_for(line.strip()))
            number = after
        where = Range(Position(start, indent), Position(number - 1, len(self.lines[number - 1])))
        return List(where, tuple(items))

    def _parsed(self, start: int, end: int, column: int = 0) -> Node | None:
        """The lines as a document of their own, if they are one; the first from `column` on."""
        text = "\n".join((" " * column + self.lines[start][column:], *self.lines[start + 1 : end]))
        known = self.known.get(text, start) if self.known is not None else None
        if known is not None:
            return known[0]
        before = len(self.converter.problems)
        found = self._read(text, start)
        if self.known is not None and len(text) <= LONGEST and len(self.converter.problems) == before:
            self.known.put(text, start, found)
        return found

    def _read(self, text: str, start: int) -> Node | None:
        root = convert.parse(text)
        if root.has_error:
            return None
        known = self.converter.known
        part = Converter(text, start, self.converter.problems, self.converter.anchors, known)
        return part.stream(root)

    def _is_long_section(self, number: int, after: int, match: re.Match[str]) -> bool:
        """A section whose keys are best read one by one: most of them stand elsewhere than what is wrong."""
        if after - number <= LONG_SECTION or COMMENT.sub("", self.lines[number][match.end() :]).strip():
            return False
        below = self._first(number + 1, after)
        return below is not None and KEY.match(self.lines[below], self.indents[below] or 0) is not None

    def _first(self, start: int, end: int) -> int | None:
        """The first line that holds more than a comment."""
        return next((number for number in range(start, end) if self.indents[number] is not None), None)

    def _end_of_block(self, number: int, end: int, indent: int, *, items: bool = False) -> int:
        for other in range(number + 1, end):
            here = self.indents[other]
            if here is None or here > indent:
                continue
            item = not items and here == indent and ITEM.match(self.lines[other], here)
            if not item:
                return other
        return end

    def _key(self, number: int, match: re.Match[str]) -> Scalar:
        text = match.group("key")
        where = Range(Position(number, match.start("key")), Position(number, match.end("key")))
        if text.startswith('"'):
            return Scalar(where, text, scalars.double_quoted(text), "double")
        if text.startswith("'"):
            return Scalar(where, text, scalars.single_quoted(text), "single")
        return Scalar(where, text, scalars.core(text))

    def _flag_tab(self, number: int) -> None:
        line = self.lines[number]
        margin = line[: self.indents[number]]
        if "\t" in margin:
            column = margin.index("\t")
            where = Range(Position(number, column), Position(number, len(margin)))
            self._add(Problem("TN002", where))

    def _problem(self, number: int, reason: str) -> None:
        line = self.lines[number]
        where = Range(Position(number, indent_of(line)), Position(number, len(line.rstrip())))
        self._add(Problem("TN001", where, {"reason": reason}))

    def _add(self, problem: Problem) -> None:
        if all(other.range.start.line != problem.range.start.line for other in self.converter.problems):
            self.converter.problems.append(problem)
