"""Parsing a text again after an edit: what the edit left alone is taken over."""

from __future__ import annotations

import tree_sitter

from tunesmith.syntax import convert
from tunesmith.syntax.convert import Converter
from tunesmith.syntax.depth import may_be_too_deep
from tunesmith.syntax.memo import Memo
from tunesmith.syntax.parse import refused, tree_of
from tunesmith.syntax.recover import Blocks
from tunesmith.syntax.tree import Entry, Tree


class Reader:
    """Reads the versions of one document, one after the other. Gives what `parse` gives."""

    def __init__(self) -> None:
        self._text = b""
        self._tree: tree_sitter.Tree | None = None
        self._may_be_too_deep = False
        self._entries: Memo[Entry] = Memo()
        self._blocks: Blocks = Memo()

    def parse(self, text: str) -> Tree:
        new = text.encode("utf-8", "surrogatepass")
        old = self._tree
        edit = _edit(self._text, new) if old is not None else None
        written = text if edit is None or self._may_be_too_deep else _lines_of(new, edit)
        self._may_be_too_deep = may_be_too_deep(written)
        unread = refused(text) if self._may_be_too_deep else None
        if unread is not None:
            self._text, self._tree = b"", None
            return unread
        if old is not None and edit is not None:
            old.edit(*edit)
            tree = convert.parser().parse(new, old)
        else:
            tree = convert.parser().parse(new)
        # An alias means what stands elsewhere: then everything is read anew.
        aliases = b"&" in new and b"*" in new
        converter = Converter(text, known=None if aliases else self._entries)
        found = tree_of(text, tree.root_node, converter, None if aliases else self._blocks)
        self._text, self._tree = new, tree
        self._entries.age(len(found.lines))
        self._blocks.age(len(found.lines))
        return found


Point = tuple[int, int]
Edit = tuple[int, int, int, Point, Point, Point]


def _edit(old: bytes, new: bytes) -> Edit:
    """The one replacement that makes `new` of `old`: byte offsets and points of start, old end, new end."""
    shorter = min(len(old), len(new))
    start = _common(old, new, shorter)
    rest = shorter - start
    end = _common(old[start:][::-1], new[start:][::-1], rest)
    old_end, new_end = len(old) - end, len(new) - end
    return start, old_end, new_end, _point(old, start), _point(old, old_end), _point(new, new_end)


def _lines_of(new: bytes, edit: Edit) -> str:
    """The lines that the edit has written, whole."""
    start, _, end, *_ = edit
    after = new.find(b"\n", end)
    lines = new[new.rfind(b"\n", 0, start) + 1 : after if after >= 0 else len(new)]
    return lines.decode("utf-8", "surrogatepass")


def _common(left: bytes, right: bytes, most: int) -> int:
    """The length of the common beginning, up to `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(text: bytes, offset: int) -> Point:
    return text.count(b"\n", 0, offset), offset - (text.rfind(b"\n", 0, offset) + 1)
