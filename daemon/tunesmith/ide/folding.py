"""What can be folded away: sections and list items, texts and brackets over several lines, comments. Where
the text is not YAML its indentation tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tunesmith.syntax.lines import ITEM, indent_of, indent_of_meaning
from tunesmith.syntax.tree import List, Map, Node, Range, Scalar, Tree

Kind = Literal["comment", "region"]
REGION = re.compile(r"\s*#\s*region\b")
REGION_END = re.compile(r"\s*#\s*endregion\b")


@dataclass(frozen=True)
class Fold:
    """From `start`, which stays to be seen, up to and with `end`."""

    start: int
    end: int
    kind: Kind | None = None


def folding(tree: Tree) -> list[Fold]:
    """One a line at most, in order."""
    lines = tree.lines
    texts = {line for where in _texts(tree.root) for line in range(where.start.line + 1, _last(where) + 1)}
    comments = [_is_comment(line) and number not in texts for number, line in enumerate(lines)]
    found = {fold.start: fold for fold in (*_comments(comments), *_regions(lines, comments))}
    ends: dict[int, int] = {}
    for start, end in (*_parts(tree.root), *(_indented(lines) if tree.problems else ())):
        ends[start] = max(end, ends.get(start, 0))
    for start, end in ends.items():
        last = _with_comments(lines, comments, start, end)
        if last > start:
            found[start] = Fold(start, last)
    return sorted(found.values(), key=lambda fold: fold.start)


def _parts(node: Node | None) -> Iterator[tuple[int, int]]:
    """The first and the last line of all that spans several."""
    if isinstance(node, Map):
        for entry in node.entries:
            if _last(entry.range) > entry.range.start.line:
                yield entry.range.start.line, _last(entry.range)
                yield from _parts(entry.value)
    elif isinstance(node, List):
        for item in node.items:
            if item is not None and _last(item.range) > item.range.start.line:
                yield item.range.start.line, _last(item.range)
                yield from _parts(item)


def _texts(node: Node | None) -> Iterator[Range]:
    """Where texts over several lines stand: what begins with # in them is no comment."""
    if isinstance(node, Scalar):
        yield node.range
    elif isinstance(node, Map | List) and _last(node.range) > node.range.start.line:
        inside = [one.value for one in node.entries] if isinstance(node, Map) else node.items
        for one in inside:
            if one is not None and one.range.end.line > one.range.start.line:
                yield from _texts(one)


def _last(where: Range) -> int:
    """A range that ends before the first character of a line ends above it."""
    return where.end.line - (where.end.character == 0 and where.end.line > where.start.line)


def _indented(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Lines with those below that stand further to the right; items count as such below a key."""
    above: list[tuple[int, bool, int]] = []
    last = 0
    for number, line in enumerate(lines):
        indent = indent_of_meaning(line)
        if indent is None:
            continue
        here = indent, ITEM.match(line, indent) is not None
        while above and above[-1][:2] >= here:
            yield above.pop()[2], last
        above.append((*here, number))
        last = number
    yield from ((start, last) for _, _, start in above)


def _with_comments(lines: Sequence[str], comments: Sequence[bool], start: int, end: int) -> int:
    """The end of a section with those comments after it that stand inside of it."""
    indent = indent_of(lines[start])
    while end > start and (not lines[end].strip() or comments[end]):
        end -= 1
    number = end + 1
    while number < len(lines) and (comments[number] or not lines[number].strip()):
        if comments[number]:
            if indent_of(lines[number]) <= indent:
                break
            end = number
        number += 1
    return end


def _comments(comments: Sequence[bool]) -> Iterator[Fold]:
    """Comments of more than one line."""
    start: int | None = None
    for number, is_comment in enumerate((*comments, False)):
        if is_comment and start is None:
            start = number
        elif not is_comment and start is not None:
            if number - 1 > start:
                yield Fold(start, number - 1, "comment")
            start = None


def _regions(lines: Sequence[str], comments: Sequence[bool]) -> Iterator[Fold]:
    """What the editor itself folds between two comments, where nobody else tells it what to fold."""
    starts: list[int] = []
    for number, line in enumerate(lines):
        if comments[number] and REGION.match(line):
            starts.append(number)
        elif comments[number] and starts and REGION_END.match(line):
            yield Fold(starts.pop(), number, "region")


def _is_comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")
