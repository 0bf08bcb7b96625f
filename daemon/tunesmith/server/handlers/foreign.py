"""Questions about somebody else's file."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from tunesmith.dialects.reading import Place
from tunesmith.dialects.recognise import YAML
from tunesmith.ide.counterparts import counterparts
from tunesmith.ide.foreign import as_opened
from tunesmith.ide.foreign_language import foreign_completion, foreign_hover, foreign_links
from tunesmith.rules.foreign import ForeignReport
from tunesmith.server import convert
from tunesmith.server.completions import Items, to_completions
from tunesmith.server.publishing import path_of
from tunesmith.server.session import Session


def complete(session: Session, params: types.CompletionParams) -> Items | None:
    report = _report(session, params.text_document.uri)
    typed = params.context.trigger_character if params.context else None
    if report is None or report.reading.file.suffix.lower() not in YAML or typed == " ":
        return None
    lines = report.reading.documents[report.reading.file].lines
    found = foreign_completion(report, lines, convert.position_of(lines, params.position))
    return to_completions(lines, found)


def explain(session: Session, params: types.HoverParams) -> types.Hover | None:
    report = _report(session, params.text_document.uri)
    if report is None:
        return None
    lines = report.reading.documents[report.reading.file].lines
    found = foreign_hover(report, convert.position_of(lines, params.position))
    return None if found is None else convert.to_hover(lines, found)


def link(session: Session, params: types.DocumentLinkParams) -> list[types.DocumentLink] | None:
    report = _report(session, params.text_document.uri)
    if report is None:
        return None
    lines = report.reading.documents[report.reading.file].lines
    return [convert.to_link(lines, one) for one in foreign_links(report)]


def elsewhere(session: Session, uri: str, position: types.Position) -> list[types.Location] | None:
    """Where the other half of a setting stands, in any of the readings that the file is a part of."""
    asked, found = path_of(uri), list[types.Location]()
    for report in _readings(session):
        documents = {as_opened(path): tree for path, tree in report.reading.documents.items()}
        tree = documents.get(asked)
        if tree is None:
            continue
        path = tree.path_at(convert.position_of(tree.lines, position))
        for place in counterparts(report.reading, Place(asked, path)):
            other = documents[as_opened(place.document)]
            where = convert.to_range(other.lines, other.range_of(place.path))
            one = types.Location(as_opened(place.document).as_uri(), where)
            if one not in found:
                found.append(one)
    return found or None


def _report(session: Session, uri: str) -> ForeignReport | None:
    snapshot = session.documents.snapshot(uri)
    return snapshot.foreign if snapshot else None


def _readings(session: Session) -> Iterator[ForeignReport]:
    return (one.foreign for one in session.snapshots() if one.foreign is not None)
