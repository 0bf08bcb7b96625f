"""Text → tree. Never raises: what cannot be read becomes a problem, and every complete key is kept."""

from __future__ import annotations

from tunesmith.syntax import convert
from tunesmith.syntax.convert import TOO_DEEP, Converter, Syntax
from tunesmith.syntax.depth import may_be_too_deep, too_deep
from tunesmith.syntax.recover import Blocks, recover
from tunesmith.syntax.tree import Position, Problem, Range, Tree


def parse(text: str) -> Tree:
    """The first document of `text`."""
    unread = refused(text) if may_be_too_deep(text) else None
    return unread or tree_of(text, convert.parse(text), Converter(text))


def refused(text: str) -> Tree | None:
    """A tree without a value, of a text that is nested too deeply; None for all others."""
    lines = tuple(text.split("\n"))
    number = too_deep(lines)
    if number is None:
        return None
    where = Range(Position(number, 0), Position(number, len(lines[number])))
    return Tree(text, lines, None, (Problem("TN001", where, {"reason": TOO_DEEP}),))


def tree_of(text: str, root: Syntax, converter: Converter, blocks: Blocks | None = None) -> Tree:
    """Our tree of tree-sitter's. `blocks`: what was read of broken texts before."""
    lines = tuple(text.split("\n"))
    value = recover(lines, converter, blocks) if root.has_error else converter.stream(root)
    return Tree(text, lines, value, tuple(sorted(converter.problems, key=lambda problem: problem.range)))
