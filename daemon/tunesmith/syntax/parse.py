"""Text → tree. Never raises: what cannot be read becomes a problem, and every complete key is kept."""

from __future__ import annotations

from tunesmith.syntax import convert
from tunesmith.syntax.convert import Converter, Syntax
from tunesmith.syntax.recover import recover
from tunesmith.syntax.tree import Map, Problem, Tree, maps


def parse(text: str) -> Tree:
    """The first document of `text`."""
    return tree_of(text, convert.parse(text), Converter(text))


def tree_of(text: str, root: Syntax, converter: Converter) -> Tree:
    """Our tree of tree-sitter's."""
    lines = tuple(text.split("\n"))
    value = recover(lines, converter) if root.has_error else converter.stream(root)
    problems = [*converter.problems]
    for found in maps(value):
        problems += _duplicates(found)
    return Tree(text, lines, value, tuple(sorted(problems, key=lambda problem: problem.range)))


def _duplicates(found: Map) -> list[Problem]:
    problems: list[Problem] = []
    for entry in found.entries if len(found.by_name) < len(found.entries) else ():
        earlier = found.by_name[entry.name]
        if earlier is not entry:
            line = earlier.key.range.start.line + 1
            problems.append(Problem("TN003", entry.key.range, {"key": entry.name, "line": line}))
    return problems
