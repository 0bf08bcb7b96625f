"""Go to definition, and who uses it: between recipes and the scripts that they run."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.ide.definition import definition, uses
from tunesmith.server import convert
from tunesmith.server.handlers.foreign import elsewhere
from tunesmith.server.session import Session


def define(
    session: Session, params: types.DefinitionParams
) -> list[types.LocationLink] | list[types.Location] | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
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
    """The open recipes that set the argument of the line."""
    path = to_fs_path(params.text_document.uri)
    if path is None or not path.endswith(".py"):
        return elsewhere(session, params.text_document.uri, params.position)
    return [
        types.Location(one.uri, convert.to_range(one.report.tree.lines, where))
        for one in session.documents.snapshots()
        if one.report is not None
        for where in uses(one.report, Path(path), params.position.line)
    ]
