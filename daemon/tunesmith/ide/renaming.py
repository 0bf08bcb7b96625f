"""New names for what a file names itself: anchors, with the aliases that mean them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tunesmith.core.path import RecipePath
from tunesmith.ide.anchors import alike, mark_at
from tunesmith.ide.edits import TextEdit
from tunesmith.syntax.marks import marks
from tunesmith.syntax.tree import Position, Range, Scalar, Tree

NAME = re.compile(r"[A-Za-z0-9_-]+")
"""What PyYAML takes, which reads other people's files."""
COLUMNS: RecipePath = ("data", "columns")


@dataclass(frozen=True)
class Named:
    range: Range
    name: str


class NotRenamed(Exception):
    """The message is for people: why not, and what to do."""


def named_at(tree: Tree, position: Position) -> Named | None:
    """What can be renamed there; None for all that is named elsewhere: by us, by libraries, by scripts."""
    found = mark_at(marks(tree.text), position)
    return Named(found.range, found.name) if found else None


def refuse_column(tree: Tree, position: Position) -> None:
    """Raises NotRenamed where a recipe says which column of its data it reads."""
    path = tree.path_at(position)
    node = tree.node(path)
    if path[:-1] == COLUMNS and isinstance(node, Scalar) and node.range.covers(position):
        raise NotRenamed(
            f"{node.value} is a column of the data file and is named there: rename it in the file, then here"
        )


def renaming(tree: Tree, position: Position, name: str) -> list[TextEdit] | None:
    """The anchor and its aliases by another name. Raises NotRenamed for a name that they cannot have."""
    every = marks(tree.text)
    asked = mark_at(every, position)
    if asked is None:
        return None
    if not NAME.fullmatch(name):
        raise NotRenamed(f"An anchor cannot be called {name!r}: use letters of ASCII, digits, - and _")
    if name != asked.name and any(one.name == name for one in every):
        raise NotRenamed(f"There is an anchor {name} in this file: choose another name")
    return [TextEdit(one.range, name) for one in alike(every, asked)]
