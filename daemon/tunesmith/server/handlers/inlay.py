"""Inlay hints of an open recipe."""

from __future__ import annotations

from lsprotocol import types

from tunesmith.ide.inlay import inlays
from tunesmith.server import convert
from tunesmith.server.session import Session


def hint(session: Session, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    if snapshot is None or snapshot.report is None:
        return None
    lines = snapshot.report.tree.lines
    asked = convert.range_of(lines, params.range)
    return [
        types.InlayHint(
            convert.to_position(lines, one.position),
            one.text,
            padding_left=True,
            tooltip=types.MarkupContent(types.MarkupKind.Markdown, one.help) if one.help else None,
        )
        for one in inlays(snapshot.report)
        if asked.start <= one.position <= asked.end
    ]
