"""What the words of an open file are, for the editor's colours."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from tunesmith.ide.tokens import Token, foreign_tokens, tokens
from tunesmith.server import convert
from tunesmith.server.session import Session
from tunesmith.server.table import LEGEND
from tunesmith.syntax.tree import Position

KINDS = {kind: number for number, kind in enumerate(LEGEND.token_types)}


def colour(session: Session, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    found = _tokens(session, params.text_document.uri)
    return None if found is None else _encoded(*found)


def colour_lines(session: Session, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """Those of the lines that are to be seen."""
    found = _tokens(session, params.text_document.uri)
    if found is None:
        return None
    first, last = params.range.start.line, params.range.end.line
    lines, every = found
    return _encoded(lines, (one for one in every if first <= one.line <= last))


def _tokens(session: Session, uri: str) -> tuple[convert.Lines, list[Token]] | None:
    snapshot = session.documents.snapshot(uri)
    if snapshot is None or snapshot.tree is None:
        return None
    if snapshot.foreign is not None:
        return snapshot.tree.lines, foreign_tokens(snapshot.foreign)
    return snapshot.tree.lines, tokens(snapshot.report) if snapshot.report else []


def _encoded(lines: convert.Lines, found: Iterable[Token]) -> types.SemanticTokens:
    """Five numbers a word, its place counted from the word before."""
    data: list[int] = []
    line = character = 0
    for number, start, end, kind, deprecated in found:
        if not lines[number].isascii():
            start = convert.to_position(lines, Position(number, start)).character
            end = convert.to_position(lines, Position(number, end)).character
        before = character if number == line else 0
        data += (number - line, start - before, end - start, KINDS[kind], int(deprecated))
        line, character = number, start
    return types.SemanticTokens(data)
