"""Go to definition, and who uses it: between recipes and the scripts that they run, linked files, and the
anchors and aliases of one file."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.ide.anchors import alike, mark_at
from tunesmith.ide.definition import definition, uses
from tunesmith.ide.foreign_language import Symbol, symbols
from tunesmith.server import convert
from tunesmith.server.handlers.foreign import elsewhere
from tunesmith.server.session import Session
from tunesmith.syntax.marks import Mark, marks


def define(
    session: Session, params: types.DefinitionParams
) -> list[types.LocationLink] | list[types.Location] | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    if named := _named(session, params):
        return [place for mark, place in named if mark.is_anchor] or None
    if snapshot is None or snapshot.report is None:
        return elsewhere(session, params.text_document.uri, params.position)
    lines = snapshot.report.tree.lines
    found = definition(snapshot.report, convert.position_of(lines, params.position))
    if found is None:
        return None
    where = types.Range(types.Position(found.line, 0), types.Position(found.last + 1, 0))
    start = types.Range(where.start, where.start)
    uri = found.path.absolute().as_uri()
    return [types.LocationLink(uri, where, start, convert.to_range(lines, found.origin))]


def refer(session: Session, params: types.ReferenceParams) -> list[types.Location] | None:
    """The open recipes that set the argument of the line; the aliases of an anchor."""
    if named := _named(session, params):
        declared = params.context.include_declaration
        return [place for mark, place in named if declared or not mark.is_anchor]
    path = to_fs_path(params.text_document.uri)
    if path is None or not path.endswith(".py"):
        return elsewhere(session, params.text_document.uri, params.position)
    return [
        types.Location(one.uri, convert.to_range(one.report.tree.lines, where))
        for one in session.documents.snapshots()
        if one.report is not None
        for where in uses(one.report, Path(path), params.position.line)
    ]


def outline(session: Session, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """Of YAML alone: editors outline JSON themselves."""
    snapshot = session.documents.snapshot(params.text_document.uri)
    tree = snapshot.tree if snapshot else None
    return None if tree is None else [_symbol(tree.lines, one) for one in symbols(tree.root)]


def _named(
    session: Session, params: types.DefinitionParams | types.ReferenceParams
) -> list[tuple[Mark, types.Location]]:
    """The anchor under the cursor with its aliases, or that of the alias."""
    snapshot = session.documents.snapshot(params.text_document.uri)
    tree = snapshot.tree if snapshot else None
    every = marks(tree.text) if tree else ()
    asked = mark_at(every, convert.position_of(tree.lines, params.position)) if tree else None
    if tree is None or asked is None:
        return []
    uri = params.text_document.uri
    same = alike(every, asked)
    return [(one, types.Location(uri, convert.to_range(tree.lines, one.range))) for one in same]


def _symbol(lines: convert.Lines, one: Symbol) -> types.DocumentSymbol:
    kind = types.SymbolKind.Module if one.children else types.SymbolKind.Property
    return types.DocumentSymbol(
        one.name,
        kind,
        convert.to_range(lines, one.range),
        convert.to_range(lines, one.key),
        detail=one.value or None,
        children=[_symbol(lines, child) for child in one.children],
    )
