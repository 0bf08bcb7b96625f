"""Where the cursor is, told by indentation and brackets: it works in lines that are not YAML yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tunesmith.core.path import RecipePath
from tunesmith.syntax.tree import Position, Range

KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:,\[\]{}"'][^:#]*?)\s*:(?=\s|$)""")
ITEM = re.compile(r"\s*-\s+|\s*-$")


@dataclass(frozen=True)
class Place:
    """`path` is the section of a key, or the key of a value.

    `range` is what a choice replaces. `spaced` is False straight after a colon. `flow`: between brackets.
    """

    kind: Literal["key", "value"]
    path: RecipePath
    prefix: str
    range: Range
    flow: bool = False
    spaced: bool = True


def place_at(lines: Sequence[str], position: Position) -> Place | None:
    """What the person is writing at `position`; None in a comment."""
    if position.line >= len(lines):
        return Place("key", (), "", Range(position, position))
    line = lines[position.line].rstrip("\r")
    before = line[: position.character]
    if _in_comment(before):
        return None
    indent = len(before) - len(before.lstrip(" "))
    match = KEY.match(before, indent)
    parents = _parents(lines, position.line, indent)
    if match is None:
        return _without_key(line, position, indent, parents)
    path = (*parents, bare(match.group(1)))
    return _in_value(line, position, match.end(), path)


def _without_key(line: str, position: Position, indent: int, parents: RecipePath) -> Place:
    before = line[: position.character]
    item = ITEM.match(before)
    if item:
        return _in_value(line, position, item.end(), parents)
    opened = re.match(r"\s*[\[{]", before)
    if opened:
        return _in_value(line, position, indent, parents)
    end = position.character + len(re.match(r"[\w.\-]*", line[position.character :]).group(0))  # pyright: ignore[reportOptionalMemberAccess]
    where = Range(Position(position.line, indent), Position(position.line, end))
    return Place("key", parents, before[indent:], where)


def _in_value(line: str, position: Position, start: int, path: RecipePath) -> Place:
    """Reads from `start` to the cursor, keeping the brackets that are open."""
    frames: list[tuple[str, RecipePath]] = []
    here = path
    token = start
    quote = ""
    for index in range(start, position.character):
        char = line[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and not line[token:index].strip():
            quote = char
        elif char in "{[":
            frames.append((char, here))
            token = index + 1
        elif char in "}]" and frames:
            here = frames.pop()[1]
            token = index + 1
        elif char == "," and frames:
            here = frames[-1][1]
            token = index + 1
        elif char == ":" and frames and frames[-1][0] == "{" and here == frames[-1][1]:
            here = (*here, bare(line[token:index]))
            token = index + 1
    text = line[token : position.character]
    prefix = text.lstrip()
    begin = position.character - len(prefix)
    stop = position.character + len(re.match(r"[^\s,\]}#]*", line[position.character :]).group(0))  # pyright: ignore[reportOptionalMemberAccess]
    where = Range(Position(position.line, begin), Position(position.line, stop))
    is_key = bool(frames) and frames[-1][0] == "{" and here == frames[-1][1]
    spaced = text != prefix or token == 0 or line[token - 1] != ":"
    return Place("key" if is_key else "value", here, prefix, where, bool(frames), spaced)


def _parents(lines: Sequence[str], number: int, indent: int) -> RecipePath:
    """The keys of the lines above that stand further to the left, outermost first."""
    path: list[str] = []
    margin = " " * indent
    for line in reversed(lines[:number]):
        if line.startswith(margin):
            continue
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        here = len(line) - len(line.lstrip(" "))
        match = KEY.match(line, here)
        if match:
            path.append(bare(match.group(1)))
            margin = line[:here]
        if here == 0:
            break
    return tuple(reversed(path))


def _in_comment(before: str) -> bool:
    quote = ""
    for index, char in enumerate(before):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and (index == 0 or before[index - 1].isspace()):
            return True
    return False


def is_indented(line: str, indent: int) -> bool:
    """Whether the line stands at least so far to the right, or is empty."""
    return not line[:indent].strip(" ")


def bare(key: str) -> str:
    return key.strip().strip("\"'")
