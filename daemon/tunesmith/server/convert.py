"""Between our plain values and LSP's. Only here characters are UTF-16 units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.core.finding import Severity
from tunesmith.ide.diagnostics import Diagnostic, Related, diagnostics
from tunesmith.ide.foreign import as_opened, foreign_diagnostics
from tunesmith.ide.grades import graded
from tunesmith.rules.check import Report
from tunesmith.server.messages.settings import Options
from tunesmith.server.snapshot import Snapshot
from tunesmith.syntax.tree import Position, Range

if TYPE_CHECKING:
    # Nobody has asked for these when the first diagnostics are sent.
    from tunesmith.ide.edits import TextEdit
    from tunesmith.ide.hover import Hover
    from tunesmith.ide.ignoring import Ignoring
    from tunesmith.ide.lens import Lens
    from tunesmith.ide.links import Link

Lines = Sequence[str]

SOURCE = "Tunesmith"
SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
FIRST_LINE = types.Range(types.Position(0, 0), types.Position(0, 0))


def position_of(lines: Lines, position: types.Position) -> Position:
    """Ours from LSP's; what lies outside the text is moved to its end."""
    if position.line >= len(lines):
        return Position(max(len(lines) - 1, 0), len(lines[-1]) if lines else 0)
    line = lines[position.line]
    if line.isascii():
        return Position(position.line, min(position.character, len(line)))
    units = line.encode("utf-16-le", "surrogatepass")[: 2 * position.character]
    return Position(position.line, len(units.decode("utf-16-le", "ignore")))


def range_of(lines: Lines, range: types.Range) -> Range:
    return Range(position_of(lines, range.start), position_of(lines, range.end))


def to_position(lines: Lines, position: Position) -> types.Position:
    line = lines[position.line] if position.line < len(lines) else ""
    if line.isascii():
        return types.Position(position.line, position.character)
    before = line[: position.character]
    return types.Position(position.line, len(before.encode("utf-16-le", "surrogatepass")) // 2)


def to_range(lines: Lines, range: Range) -> types.Range:
    return types.Range(to_position(lines, range.start), to_position(lines, range.end))


def to_told(snapshot: Snapshot, options: Options) -> dict[Path, list[types.Diagnostic]]:
    """What a check found, by file."""
    checked = snapshot.checked
    if isinstance(checked, Report):
        lines = {(path := Path(to_fs_path(snapshot.uri) or snapshot.uri)): checked.tree.lines}
        found: Mapping[Path, Sequence[Diagnostic]] = {path: diagnostics(checked)}
    else:
        lines = {as_opened(path): tree.lines for path, tree in checked.reading.documents.items()}
        found = foreign_diagnostics(checked)
    return {
        path: [to_diagnostic(lines[path], one, options, lines) for one in graded(each, options.rules)]
        for path, each in found.items()
    }


def to_diagnostic(
    lines: Lines, one: Diagnostic, options: Options, others: Mapping[Path, Lines]
) -> types.Diagnostic:
    page = options.rule_pages
    return types.Diagnostic(
        range=to_range(lines, one.range),
        message=one.message,
        severity=SEVERITIES[one.severity],
        code=one.code,
        code_description=types.CodeDescription(page.replace("{code}", one.code)) if page else None,
        source=SOURCE,
        related_information=[to_related(others[other.document], other) for other in one.related] or None,
    )


def to_related(lines: Lines, one: Related) -> types.DiagnosticRelatedInformation:
    where = types.Location(one.document.as_uri(), to_range(lines, one.range))
    return types.DiagnosticRelatedInformation(where, one.message)


def to_hover(lines: Lines, one: Hover) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, one.text), to_range(lines, one.range))


def to_action(
    title: str, preferred: bool, mends: types.Diagnostic | None, edits: Sequence[types.TextDocumentEdit]
) -> types.CodeAction:
    """`mends` is told where it is in the file that was asked about: editors look for its place there."""
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[mends] if mends else None,
        is_preferred=preferred,
        edit=types.WorkspaceEdit(document_changes=[*edits]),
    )


def to_document_edit(
    lines: Lines, uri: str, version: int | None, edits: Sequence[TextEdit]
) -> types.TextDocumentEdit:
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return types.TextDocumentEdit(document, [to_edit(lines, edit) for edit in edits])


def to_ignoring(one: Ignoring, uri: str, version: int | None, snippets: bool) -> types.TextDocumentEdit:
    """With `snippets` the reason is selected, to be written over."""
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    start = types.Position(one.line, 0)
    where = types.Range(start, start)
    if snippets:
        return types.TextDocumentEdit(
            document, [types.SnippetTextEdit(where, types.StringValue(one.snippet))]
        )
    return types.TextDocumentEdit(document, [types.TextEdit(where, one.text)])


def to_edit(lines: Lines, edit: TextEdit) -> types.TextEdit:
    return types.TextEdit(to_range(lines, edit.range), edit.text)


def to_lens(one: Lens) -> types.CodeLens:
    return types.CodeLens(FIRST_LINE, types.Command(one.title, one.command, arguments=[*one.arguments]))


def to_link(lines: Lines, one: Link) -> types.DocumentLink:
    return types.DocumentLink(to_range(lines, one.range), target=Path(one.target).absolute().as_uri())
