"""Quick fixes of somebody else's files: an edit may be in a file that is linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.finding import Fix
from tunesmith.dialects.fixes import placed
from tunesmith.dialects.reading import Reading
from tunesmith.ide.actions import touches
from tunesmith.ide.diagnostics import Diagnostic
from tunesmith.ide.edits import TextEdit, text_edits
from tunesmith.ide.foreign import as_opened, diagnostic_of
from tunesmith.rules.foreign import ForeignReport
from tunesmith.syntax.tree import Range


@dataclass(frozen=True)
class ForeignAction:
    """`document` is where the finding stands that it mends; `edits` by document."""

    title: str
    edits: Mapping[Path, tuple[TextEdit, ...]]
    preferred: bool
    document: Path
    mends: Diagnostic


def foreign_actions(report: ForeignReport, document: Path, selection: Range | None) -> list[ForeignAction]:
    """The fixes of every finding that `selection` in `document` touches, there or at a related place; None:
    those of all."""
    found: list[ForeignAction] = []
    for one in report.findings:
        where, mends = as_opened(one.place.document), diagnostic_of(report.reading, one)
        places = [(where, one.range), *((other.document, other.range) for other in mends.related)]
        if selection and not any(path == document and touches(at, selection) for path, at in places):
            continue
        for fix in one.finding.fixes:
            edits = edits_of(report.reading, fix)
            if edits:
                found.append(ForeignAction(fix.title, edits, fix.preferred, where, mends))
    return found


def edits_of(reading: Reading, fix: Fix) -> Mapping[Path, tuple[TextEdit, ...]]:
    """The edits of a fix as text; empty when one of them cannot be made."""
    return dict(_edits(reading, fix))


def _edits(reading: Reading, fix: Fix) -> Iterator[tuple[Path, tuple[TextEdit, ...]]]:
    by_document = placed(reading, fix) or {}
    texts = {path: text_edits(reading.documents[path], edits) for path, edits in by_document.items()}
    if all(texts.values()):
        for path, edits in texts.items():
            yield as_opened(path), tuple(edits or ())
