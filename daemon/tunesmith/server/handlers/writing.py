"""Questions about how an open file is written. What is no recipe and no YAML that we know gets no answer."""

from __future__ import annotations

import logging

from lsprotocol import types

from tunesmith.ide.folding import Fold, folding
from tunesmith.ide.formatting import formatting
from tunesmith.server import convert
from tunesmith.server.session import Session
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Range, Tree

log = logging.getLogger(__name__)


def lay_out(session: Session, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    tree = _tree(session, params.text_document.uri)
    return None if tree is None else _laid_out(tree, params.text_document.uri, params.options, None)


def lay_out_lines(
    session: Session, params: types.DocumentRangeFormattingParams
) -> list[types.TextEdit] | None:
    tree = _tree(session, params.text_document.uri)
    if tree is None:
        return None
    only = convert.range_of(tree.lines, params.range)
    return _laid_out(tree, params.text_document.uri, params.options, only)


def fold(session: Session, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    snapshot = session.documents.snapshot(params.text_document.uri)
    tree = snapshot.tree if snapshot else None
    return None if tree is None else [_fold(one) for one in folding(tree)]


def _fold(one: Fold) -> types.FoldingRange:
    return types.FoldingRange(one.start, one.end, kind=types.FoldingRangeKind(one.kind) if one.kind else None)


def _laid_out(
    tree: Tree, uri: str, options: types.FormattingOptions, only: Range | None
) -> list[types.TextEdit]:
    found = formatting(tree, options.tab_size, only)
    if found is None:
        log.warning("%s is left as it is: laid out it would not say the same", uri)
    return [convert.to_edit(tree.lines, one) for one in found or ()]


def _tree(session: Session, uri: str) -> Tree | None:
    """The text with the places of all that stands in it."""
    snapshot = session.documents.snapshot(uri)
    tree = snapshot.tree if snapshot else None
    # That of a reading has the values that its program would read, and what merge keys bring.
    return tree if tree is None or snapshot is None or snapshot.report else parse(tree.text)
