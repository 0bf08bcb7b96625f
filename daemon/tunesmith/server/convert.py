"""Between our plain values and LSP's. Only here characters are UTF-16 units."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from tunesmith.core.finding import Severity
from tunesmith.ide.diagnostics import Diagnostic, diagnostics
from tunesmith.rules.check import Report
from tunesmith.syntax.tree import Position, Range

if TYPE_CHECKING:
    # Nobody has asked for these when the first diagnostics are sent.
    from tunesmith.ide.actions import Action
    from tunesmith.ide.completion import Completion
    from tunesmith.ide.edits import TextEdit
    from tunesmith.ide.hover import Hover
    from tunesmith.ide.lens import Lens
    from tunesmith.ide.links import Link

Lines = Sequence[str]

SOURCE = "Tunesmith"
SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
KINDS = {
    "recipe": types.CompletionItemKind.Snippet,
    "section": types.CompletionItemKind.Module,
    "key": types.CompletionItemKind.Property,
    "choice": types.CompletionItemKind.EnumMember,
    "column": types.CompletionItemKind.Field,
    "file": types.CompletionItemKind.File,
    "folder": types.CompletionItemKind.Folder,
}
SUGGEST = types.Command(title="Suggest", command="editor.action.triggerSuggest")
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


def to_diagnostics(report: Report) -> list[types.Diagnostic]:
    return [to_diagnostic(report.tree.lines, one) for one in diagnostics(report)]


def to_diagnostic(lines: Lines, one: Diagnostic) -> types.Diagnostic:
    return types.Diagnostic(
        range=to_range(lines, one.range),
        message=one.message,
        severity=SEVERITIES[one.severity],
        code=one.code,
        source=SOURCE,
    )


def to_completion(lines: Lines, one: Completion) -> types.CompletionItem:
    return types.CompletionItem(
        label=one.label,
        kind=KINDS[one.kind],
        detail=one.detail or None,
        documentation=types.MarkupContent(types.MarkupKind.Markdown, one.documentation)
        if one.documentation
        else None,
        sort_text=one.sort or None,
        filter_text=one.text.strip() if one.kind in ("file", "folder") else one.label,
        text_edit=types.TextEdit(to_range(lines, one.range), one.text),
        insert_text_mode=types.InsertTextMode.AsIs,
        insert_text_format=types.InsertTextFormat.Snippet if one.kind == "recipe" else None,
        command=SUGGEST if one.more else None,
    )


def to_hover(lines: Lines, one: Hover) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, one.text), to_range(lines, one.range))


def to_action(lines: Lines, uri: str, version: int | None, one: Action) -> types.CodeAction:
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    edits = [to_edit(lines, edit) for edit in one.edits]
    return types.CodeAction(
        title=one.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[to_diagnostic(lines, one.mends)],
        is_preferred=one.preferred,
        edit=types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [*edits])]),
    )


def to_edit(lines: Lines, edit: TextEdit) -> types.TextEdit:
    return types.TextEdit(to_range(lines, edit.range), edit.text)


def to_lens(one: Lens) -> types.CodeLens:
    return types.CodeLens(FIRST_LINE, types.Command(one.title, one.command, arguments=[*one.arguments]))


def to_link(lines: Lines, one: Link) -> types.DocumentLink:
    return types.DocumentLink(to_range(lines, one.range), target=Path(one.target).absolute().as_uri())
