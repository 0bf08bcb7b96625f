"""Quick fixes: what the findings under the cursor offer, as edits of text."""

from __future__ import annotations

from dataclasses import dataclass

from tunesmith.ide.diagnostics import Diagnostic, diagnostics
from tunesmith.ide.edits import TextEdit, text_edits
from tunesmith.rules.check import Report
from tunesmith.syntax.tree import Range


@dataclass(frozen=True)
class Action:
    title: str
    edits: tuple[TextEdit, ...]
    preferred: bool
    mends: Diagnostic


def actions(report: Report, selection: Range | None) -> list[Action]:
    """The fixes of every finding that `selection` touches; None: those of all."""
    found: list[Action] = []
    for one in diagnostics(report):
        if selection and not touches(one.range, selection):
            continue
        for fix in one.finding.fixes:
            edits = text_edits(report.tree, fix.edits)
            if edits:
                found.append(Action(fix.title, tuple(edits), fix.preferred, one))
    return found


def touches(one: Range, other: Range) -> bool:
    return one.start <= other.end and other.start <= one.end
