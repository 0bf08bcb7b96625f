"""New names for what stands under the cursor of an open file."""

from __future__ import annotations

from lsprotocol import types

from tunesmith.ide.renaming import NotRenamed, named_at, refuse_column, renaming
from tunesmith.server import convert
from tunesmith.server.refused import Refused
from tunesmith.server.session import Session


def prepare(session: Session, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    tree = snapshot.tree if snapshot else None
    if snapshot is None or tree is None:
        return None
    position = convert.position_of(tree.lines, params.position)
    found = named_at(tree, position)
    if found is not None:
        return types.PrepareRenamePlaceholder(convert.to_range(tree.lines, found.range), found.name)
    if snapshot.report is not None:
        try:
            refuse_column(tree, position)
        except NotRenamed as error:
            raise Refused(str(error)) from error
    return None


def rename(session: Session, params: types.RenameParams) -> types.WorkspaceEdit | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    tree = snapshot.tree if snapshot else None
    if snapshot is None or tree is None:
        return None
    try:
        found = renaming(tree, convert.position_of(tree.lines, params.position), params.new_name)
    except NotRenamed as error:
        raise Refused(str(error)) from error
    if found is None:
        return None
    edits = convert.to_document_edit(tree.lines, snapshot.uri, snapshot.version, found)
    return types.WorkspaceEdit(document_changes=[edits])
