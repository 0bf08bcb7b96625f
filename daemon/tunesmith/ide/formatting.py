"""A document laid out alike everywhere: edits of white space alone, so that comments, quotes, brackets, texts
and long lines stay as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunesmith.ide.edits import TextEdit
from tunesmith.ide.layout import Layout
from tunesmith.syntax import convert
from tunesmith.syntax.convert import Syntax
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import List, Map, Node, Position, Range, Scalar, Tree

STEP = 2


def formatting(tree: Tree, step: int = STEP, only: Range | None = None) -> list[TextEdit] | None:
    """What lays the document out, or those lines of it that `only` touches.

    Nothing where the text has problems; None where the result would not say the same.
    """
    if tree.problems:
        return []
    root = convert.parse(tree.text)
    layout = Layout(tree.lines, step)
    layout.document(root)
    found = [one for one in _edits(tree, layout) if only is None or _touches(one.range, only)]
    if not found:
        return []
    return found if _says_the_same(tree, root, edited(tree, found)) else None


def edited(tree: Tree, edits: Sequence[TextEdit]) -> str:
    """The text after `edits`, which stand in order."""
    offsets, total = list[int](), 0
    for line in tree.lines:
        offsets.append(total)
        total += len(line) + 1
    parts, last = list[str](), 0
    for one in edits:
        start, end = one.range
        parts += [tree.text[last : offsets[start.line] + start.character], one.text]
        last = offsets[end.line] + end.character
    return "".join([*parts, tree.text[last:]])


def _edits(tree: Tree, layout: Layout) -> Iterator[TextEdit]:
    indents, gaps = layout.indents(), dict[int, list[tuple[int, int]]]()
    for line, start, end in layout.gaps:
        gaps.setdefault(line, []).append((start, end))
    last = _last_line(tree.lines, layout)
    blank = False
    for number, whole in enumerate(tree.lines[: last + 1]):
        line = whole.removesuffix("\r")
        text = line.rstrip(" \t")
        if number in layout.verbatim:
            text = line
        elif not text and number not in layout.shifts:
            if blank:
                yield TextEdit(Range(Position(number, 0), Position(number + 1, 0)), "")
                continue
            blank = True
        if text:
            blank = False
            indent = len(line) - len(line.lstrip(" "))
            yield from _replaced(number, line, 0, indent, " " * indents.get(number, indent))
            for start, end in sorted(gaps.get(number, ())):
                yield from _replaced(number, line, _column(line, start), _column(line, end), " ")
        yield from _replaced(number, line, len(text), len(line), "")
    yield from _end(tree, layout, last)


def _last_line(lines: Sequence[str], layout: Layout) -> int:
    """The last that holds something; -1 where none does."""
    last = len(lines) - 1
    while last >= 0 and not lines[last].strip() and last not in layout.shifts:
        last -= 1
    return last


def _end(tree: Tree, layout: Layout, last: int) -> Iterator[TextEdit]:
    """One line break behind the last line."""
    lines = tree.lines
    if last < 0 or (last == len(lines) - 1 and not lines[last]):
        return
    start = Position(last, len(lines[last].removesuffix("\r")))
    end = Position(len(lines) - 1, len(lines[-1]))
    wanted = "\r\n" if lines[0].endswith("\r") else "\n"
    there = "\n".join((lines[last][start.character :], *lines[last + 1 :])) if last + 1 < len(lines) else ""
    if there != wanted and not (last in layout.verbatim and there):
        yield TextEdit(Range(start, end), wanted)


def _replaced(number: int, line: str, start: int, end: int, text: str) -> Iterator[TextEdit]:
    if line[start:end] != text:
        yield TextEdit(Range(Position(number, start), Position(number, end)), text)


def _column(line: str, byte: int) -> int:
    if line.isascii():
        return byte
    return len(line.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "ignore"))


def _touches(edit: Range, only: Range) -> bool:
    last = only.end.line - (only.end.character == 0 and only.end.line > only.start.line)
    return only.start.line <= edit.start.line <= last


def _says_the_same(tree: Tree, root: Syntax, text: str) -> bool:
    """Whether `text` holds the same values and comments, and nothing but its white space is another."""
    after = parse(text)
    return (
        not after.problems
        and "".join(text.split()) == "".join(tree.text.split())
        and list(said(after.root)) == list(said(tree.root))
        and list(comments(convert.parse(text))) == list(comments(root))
    )


def said(node: Node | None) -> Iterator[object]:
    """All that the values below `node` are, one after the other."""
    if isinstance(node, Scalar):
        yield node.style, repr(node.value)
    elif isinstance(node, Map):
        yield "map", node.flow, len(node.entries)
        for entry in node.entries:
            yield from said(entry.key)
            yield from said(entry.value)
    elif isinstance(node, List):
        yield "list", node.flow, len(node.items)
        for item in node.items:
            yield from said(item)
    else:
        yield None


def comments(root: Syntax) -> Iterator[str]:
    """The comments in order."""
    for node in root.named_children:
        if node.type == "comment":
            yield (node.text or b"").decode("utf-8", "surrogatepass").rstrip()
        elif node.named_child_count:
            yield from comments(node)
