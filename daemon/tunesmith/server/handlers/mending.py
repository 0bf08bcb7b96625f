"""Quick fixes, one by one or all together. A fix may stand in the check of another file that links here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from tunesmith.dialects.recognise import YAML
from tunesmith.ide.actions import actions, touches
from tunesmith.ide.diagnostics import Diagnostic, diagnostics
from tunesmith.ide.edits import TextEdit
from tunesmith.ide.fix_all import Edits, together
from tunesmith.ide.foreign import as_opened, foreign_diagnostics
from tunesmith.ide.foreign_actions import foreign_actions
from tunesmith.ide.grades import graded
from tunesmith.ide.ignoring import ignoring
from tunesmith.rules.foreign import ForeignReport
from tunesmith.server import convert
from tunesmith.server.publishing import path_of
from tunesmith.server.session import Session
from tunesmith.server.snapshot import Snapshot
from tunesmith.syntax.tree import Tree

FIX_ALL = "source.fixAll.tunesmith"


def mend(session: Session, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    uri = params.text_document.uri
    only = params.context.only
    found: list[types.CodeAction] = []
    if only is None or types.CodeActionKind.QuickFix in only or types.CodeActionKind.Empty in only:
        found += _own(session, uri, params.range)
        found += _linked(session, uri, params.range)
        found += _ignoring(session, uri, params.range)
    if any(kind == FIX_ALL or FIX_ALL.startswith(f"{kind}.") for kind in only or ()):
        found += _all(session, uri)
    return found or None


def _own(session: Session, uri: str, where: types.Range) -> Iterator[types.CodeAction]:
    """Those of a recipe."""
    snapshot = session.documents.snapshot(uri)
    if snapshot is None or snapshot.report is None:
        return
    lines = snapshot.report.tree.lines
    for one in actions(snapshot.report, convert.range_of(lines, where)):
        shown = _shown(session, one.mends)
        if shown is None:
            continue
        mends = convert.to_diagnostic(lines, shown, session.options, {})
        edits = convert.to_document_edit(lines, uri, snapshot.version, one.edits)
        yield convert.to_action(one.title, one.preferred, mends, [edits])


def _linked(session: Session, uri: str, where: types.Range) -> Iterator[types.CodeAction]:
    """Those of every reading that the file is a part of."""
    document = path_of(uri)
    seen: list[tuple[object, ...]] = []
    for snapshot, report in _readings(session, uri):
        lines = _lines(report)
        if document not in lines:
            continue
        for one in foreign_actions(report, document, convert.range_of(lines[document], where)):
            same = (one.title, one.mends.code, one.document, one.edits)
            shown = _shown(session, one.mends)
            if shown is None or same in seen:
                continue
            seen.append(same)
            mends = convert.to_diagnostic(lines[one.document], shown, session.options, lines)
            edits = _document_edits(session, snapshot, lines, one.edits)
            elsewhere = sorted(path.name for path in one.edits if path != document)
            title = f"{one.title} in {', '.join(elsewhere)}" if elsewhere else one.title
            yield convert.to_action(title, one.preferred, mends if one.document == document else None, edits)


def _ignoring(session: Session, uri: str, where: types.Range) -> Iterator[types.CodeAction]:
    """A comment for each finding that stands here, in the check of any file."""
    document, seen = path_of(uri), set[tuple[str, int]]()
    if document.suffix.lower() not in YAML:
        return
    version = (session.documents.opened_as(document) or (uri, None))[1]
    for tree, one in _standing(session, uri):
        asked, shown = convert.range_of(tree.lines, where), _shown(session, one)
        comment = ignoring(tree, one) if shown and touches(one.range, asked) else None
        if shown is None or comment is None or (one.code, comment.line) in seen:
            continue
        seen.add((one.code, comment.line))
        edit = convert.to_ignoring(comment, uri, version, session.client.takes_snippets)
        mends = convert.to_diagnostic(tree.lines, replace(shown, related=()), session.options, {})
        yield convert.to_action(f"Ignore {one.code} here", False, mends, [edit])


def _standing(session: Session, uri: str) -> Iterator[tuple[Tree, Diagnostic]]:
    """Every finding in a document, with its text."""
    document = path_of(uri)
    snapshot = session.documents.snapshot(uri)
    if snapshot is not None and snapshot.report is not None:
        yield from ((snapshot.report.tree, one) for one in diagnostics(snapshot.report))
    for _, report in _readings(session, uri):
        for path, tree in report.reading.documents.items():
            if as_opened(path) == document:
                yield from ((tree, one) for one in foreign_diagnostics(report)[document])


def _all(session: Session, uri: str) -> Iterator[types.CodeAction]:
    """The preferred fixes of the file in one."""
    snapshot = session.documents.snapshot(uri)
    if snapshot is None:
        return
    if (report := snapshot.report) is not None:
        path = path_of(uri)
        mine = [one for one in actions(report, None) if one.preferred and _shown(session, one.mends)]
        own: list[Edits] = [{path: one.edits} for one in mine]
        lines: Mapping[Path, Sequence[str]] = {path: report.tree.lines}
    elif (foreign := snapshot.foreign) is not None:
        theirs = foreign_actions(foreign, path_of(uri), None)
        own = [one.edits for one in theirs if one.preferred and _shown(session, one.mends)]
        lines = _lines(foreign)
    else:
        return
    edits = _document_edits(session, snapshot, lines, together(own))
    if edits:
        yield types.CodeAction(
            "Fix all that Tunesmith can fix",
            kind=FIX_ALL,
            edit=types.WorkspaceEdit(document_changes=[*edits]),
        )


def _shown(session: Session, found: Diagnostic) -> Diagnostic | None:
    """As loud as its rule is; None where that is off."""
    return next(iter(graded([found], session.options.rules)), None)


def _readings(session: Session, uri: str) -> Iterator[tuple[Snapshot, ForeignReport]]:
    """The file's own first."""
    own = session.documents.snapshot(uri)
    others = (one for one in session.snapshots() if own is None or one.uri != own.uri)
    for snapshot in (*([own] if own else ()), *others):
        if snapshot.foreign is not None:
            yield snapshot, snapshot.foreign


def _lines(report: ForeignReport) -> Mapping[Path, Sequence[str]]:
    return {as_opened(path): tree.lines for path, tree in report.reading.documents.items()}


def _document_edits(
    session: Session,
    snapshot: Snapshot,
    lines: Mapping[Path, Sequence[str]],
    edits: Mapping[Path, Sequence[TextEdit]],
) -> list[types.TextDocumentEdit]:
    found: list[types.TextDocumentEdit] = []
    for path, each in edits.items():
        uri, version = session.documents.opened_as(path) or (path.as_uri(), None)
        if path == path_of(snapshot.uri):
            uri, version = snapshot.uri, snapshot.version
        found.append(convert.to_document_edit(lines[path], uri, version, each))
    return found
