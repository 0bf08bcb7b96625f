"""Fixes that are made together: those that want the same text are left for the next time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tunesmith.ide.edits import TextEdit

Edits = Mapping[Path, Sequence[TextEdit]]


def together(fixes: Iterable[Edits]) -> dict[Path, list[TextEdit]]:
    """The edits of all `fixes`, the first ones first; a fix is taken whole or not at all."""
    taken: dict[Path, list[TextEdit]] = {}
    for fix in fixes:
        wanted = [(path, edit) for path, edits in fix.items() for edit in edits]
        if any(_collide(edit, other) for path, edit in wanted for other in taken.get(path, ())):
            continue
        for path, edit in wanted:
            taken.setdefault(path, []).append(edit)
    return taken


def _collide(one: TextEdit, other: TextEdit) -> bool:
    if one.range == other.range:
        # Two keys that are added at one place do not touch each other, the same change twice does.
        return one.range.start != one.range.end or one.text == other.text
    return one.range.start < other.range.end and other.range.start < one.range.end
