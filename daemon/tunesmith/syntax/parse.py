"""Text → tree. Never raises: what cannot be read becomes a problem, and every complete key is kept."""

from __future__ import annotations

from tunesmith.syntax import convert
from tunesmith.syntax.convert import Converter, Syntax
from tunesmith.syntax.recover import Blocks, recover
from tunesmith.syntax.tree import Tree


def parse(text: str) -> Tree:
    """The first document of `text`."""
    return tree_of(text, convert.parse(text), Converter(text))


def tree_of(text: str, root: Syntax, converter: Converter, blocks: Blocks | None = None) -> Tree:
    """Our tree of tree-sitter's. `blocks`: what was read of broken texts before."""
    lines = tuple(text.split("\n"))
    value = recover(lines, converter, blocks) if root.has_error else converter.stream(root)
    return Tree(text, lines, value, tuple(sorted(converter.problems, key=lambda problem: problem.range)))
