"""How deeply blocks are nested, asked before tree-sitter reads a text.

Its YAML scanner keeps open blocks in a buffer of 1024 bytes and writes past the end of it at the 255th:
https://github.com/tree-sitter-grammars/tree-sitter-yaml/blob/master/src/scanner.c
"""

from __future__ import annotations

import re
from collections.abc import Sequence

DEEPEST = 90
"""Columns that blocks begin at, one in the other; a mapping and a list in it may share one."""
MOST_IN_A_ROW = 50
"""Marks of list items and keys, one after the other, behind something else."""
MARK = re.compile(r"[-?:][ \t]+")
MARKS = re.compile(rf"(?:[-?:][ \t]+){{{MOST_IN_A_ROW}}}")
SUSPICIOUS = re.compile(rf"^[ \t?:-]{{{DEEPEST}}}|{MARKS.pattern}", re.MULTILINE)


def may_be_too_deep(text: str) -> bool:
    """Whether a line of `text` may be one too many: without any, no text is nested too deeply."""
    return SUSPICIOUS.search(text) is not None


def too_deep(lines: Sequence[str]) -> int | None:
    """The line at which a text is nested too deeply to be read; None when it is not."""
    open_blocks: list[int] = []
    for number, line in enumerate(lines):
        at = len(line) - len(line.lstrip())
        if not line[at:] or line[at] == "#":
            continue
        while open_blocks and open_blocks[-1] >= at:
            open_blocks.pop()
        open_blocks.append(at)
        while mark := MARK.match(line, at):
            at = mark.end()
            open_blocks.append(at)
        if len(open_blocks) > DEEPEST or MARKS.search(line, at):
            return number
    return None
