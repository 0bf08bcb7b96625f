"""A comment that silences one finding, to be finished with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from tunesmith.ide.diagnostics import Diagnostic
from tunesmith.ide.edits import is_json
from tunesmith.rules.suppressed import ABOUT_COMMENTS, suppressions
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Tree, plain

REASON = "…"
"""Where the reason is to be written; it counts as none."""


@dataclass(frozen=True)
class Ignoring:
    """A line of its own, above `line`."""

    line: int
    indent: str
    code: str

    @property
    def text(self) -> str:
        return self._with(REASON)

    @property
    def snippet(self) -> str:
        """With the reason as a place to be filled in."""
        return self._with(f"${{1:{REASON}}}")

    def _with(self, reason: str) -> str:
        return f"{self.indent}# tunesmith: ignore {self.code} because {reason}\n"


def ignoring(tree: Tree, one: Diagnostic) -> Ignoring | None:
    """What silences a finding of `tree`; None where no comment can: in JSON, or inside of a text."""
    number = one.range.start.line
    if one.code in ABOUT_COMMENTS or is_json(tree) or number >= len(tree.lines):
        return None
    line = tree.lines[number]
    found = Ignoring(number, line[: len(line) - len(line.lstrip())], one.code)
    changed = parse("\n".join([*tree.lines[:number], found.text.rstrip("\n"), *tree.lines[number:]]))
    covered = any(each.covers == number + 1 and one.code in each.codes for each in suppressions(changed))
    # Inside of a text that goes over several lines it would be a part of that.
    return found if covered and plain(changed.root) == plain(tree.root) else None
