"""Text → tree. Never raises: what cannot be read becomes a problem, and every complete key is kept."""

from __future__ import annotations

from tunesmith.syntax import convert
from tunesmith.syntax.convert import Converter
from tunesmith.syntax.recover import recover
from tunesmith.syntax.tree import Entry, Problem, Tree, maps


def parse(text: str) -> Tree:
    """The first document of `text`."""
    lines = tuple(text.split("\n"))
    root = convert.parse(text)
    converter = Converter(text)
    value = recover(lines, converter) if root.has_error else converter.stream(root)
    problems = [*converter.problems]
    for found in maps(value):
        problems += _duplicates(found.entries)
    return Tree(text, lines, value, tuple(sorted(problems, key=lambda problem: problem.range)))


def _duplicates(entries: tuple[Entry, ...]) -> list[Problem]:
    first: dict[str, Entry] = {}
    problems: list[Problem] = []
    for entry in entries:
        earlier = first.setdefault(entry.name, entry)
        if earlier is not entry:
            line = earlier.key.range.start.line + 1
            problems.append(Problem("TN003", entry.key.range, {"key": entry.name, "line": line}))
    return problems
