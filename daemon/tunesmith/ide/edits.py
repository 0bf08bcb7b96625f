"""From an edit at a path to an edit of text.

What cannot be done without touching other things is not done.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tunesmith.core.finding import Edit, RemoveKey, RenameKey, SetValue
from tunesmith.core.path import RecipePath
from tunesmith.syntax.scalars import core
from tunesmith.syntax.tree import Entry, Map, Position, Range, Tree


@dataclass(frozen=True)
class TextEdit:
    range: Range
    text: str


def text_edits(tree: Tree, edits: Sequence[Edit]) -> list[TextEdit] | None:
    """All of `edits` as text, or None when one of them cannot be applied."""
    found: list[TextEdit] = []
    stays_json = is_json(tree)
    for edit in edits:
        match edit:
            case RenameKey(path, to):
                one = _rename(tree, path, json.dumps(to) if stays_json else to)
            case SetValue(path, text):
                one = _set(tree, path, _as_json(text) if stays_json else text)
            case RemoveKey(path):
                one = _remove(tree, path)
        if one is None:
            return None
        found.append(one)
    return found


def is_json(tree: Tree) -> bool:
    """Whether the text is JSON as well: then it has to stay that."""
    root = tree.root
    return isinstance(root, Map) and root.flow and all(one.key.style == "double" for one in root.entries)


def _as_json(text: str) -> str:
    """A scalar of YAML as JSON has it; what is between brackets is JSON already."""
    if text.startswith(('"', "{", "[")):
        return text
    return json.dumps(core(text), ensure_ascii=False)


def _rename(tree: Tree, path: RecipePath, to: str) -> TextEdit | None:
    entry = tree.find(path)
    return TextEdit(entry.key.range, to) if isinstance(entry, Entry) else None


def _set(tree: Tree, path: RecipePath, text: str) -> TextEdit | None:
    found = tree.find(path)
    if isinstance(found, Entry):
        if found.value is not None:
            return TextEdit(found.value.range, text)
        return _after_colon(tree, found, f" {text}")
    if found is not None:
        return TextEdit(found.range, text)
    return _add(tree, path, text)


def _add(tree: Tree, path: RecipePath, text: str) -> TextEdit | None:
    """Write a key that is absent, and the sections above it that are."""
    parent, name = path[:-1], path[-1]
    node = tree.node(parent) if parent else tree.root
    if is_json(tree):
        name = json.dumps(name)
    if isinstance(node, Map):
        return _append(tree, node, _pair(name, text))
    if node is not None:
        return None
    if not parent:
        end = Position(len(tree.lines) - 1, len(tree.lines[-1]))
        return TextEdit(Range(end, end), f"{_pair(name, text)}\n")
    entry = tree.find(parent)
    if _in_brackets(tree, parent):
        inside = f"{{{_pair(name, text)}}}"
        return (
            _after_colon(tree, entry, f" {inside}")
            if isinstance(entry, Entry)
            else _add(tree, parent, inside)
        )
    if isinstance(entry, Entry):
        indent = " " * (entry.key.range.start.character + 2)
        return _after_colon(tree, entry, f"\n{indent}{_pair(name, text)}")
    return _add(tree, parent, f"\n{'  ' * len(parent)}{_pair(name, text)}")


def _in_brackets(tree: Tree, path: RecipePath) -> bool:
    """Whether a section that holds `path` is written between brackets."""
    return any(
        isinstance(node, Map) and node.flow
        for node in (tree.root if not above else tree.node(path[:above]) for above in range(len(path)))
    )


def _pair(name: str | int, text: str) -> str:
    return f"{name}:{text}" if text.startswith("\n") else f"{name}: {text}"


def _append(tree: Tree, node: Map, text: str) -> TextEdit | None:
    if node.flow and node.entries and node.entries[-1].range.start.line > node.range.start.line:
        end, first = node.entries[-1].range.end, node.entries[0].key.range.start
        return TextEdit(Range(end, end), f",\n{' ' * first.character}{text}")
    if node.flow:
        end = Position(node.range.end.line, node.range.end.character - 1)
        return TextEdit(Range(end, end), f", {text}" if node.entries else text)
    last = node.entries[-1]
    line = _last_line(tree, last)
    end = Position(line, len(tree.lines[line].rstrip("\r")))
    indent = " " * node.entries[0].key.range.start.character
    return TextEdit(Range(end, end), f"\n{indent}{text}")


def _remove(tree: Tree, path: RecipePath) -> TextEdit | None:
    entry = tree.find(path)
    node = tree.node(path[:-1]) if path[:-1] else tree.root
    if not isinstance(entry, Entry) or not isinstance(node, Map):
        return None
    if node.flow:
        return _remove_from_flow(node, entry)
    start = entry.range.start
    if tree.lines[start.line][: start.character].strip():
        return TextEdit(entry.range, "")
    line = _last_line(tree, entry)
    if line + 1 < len(tree.lines):
        return TextEdit(Range(Position(start.line, 0), Position(line + 1, 0)), "")
    end = Position(line, len(tree.lines[line]))
    if start.line == 0:
        return TextEdit(Range(Position(0, 0), end), "")
    return TextEdit(Range(Position(start.line - 1, len(tree.lines[start.line - 1])), end), "")


def _remove_from_flow(node: Map, entry: Entry) -> TextEdit:
    """The entry with one of the commas beside it."""
    index = node.entries.index(entry)
    if index + 1 < len(node.entries):
        return TextEdit(Range(entry.range.start, node.entries[index + 1].range.start), "")
    if index > 0:
        return TextEdit(Range(node.entries[index - 1].range.end, entry.range.end), "")
    return TextEdit(entry.range, "")


def _after_colon(tree: Tree, entry: Entry, text: str) -> TextEdit:
    end = entry.key.range.end
    line = tree.lines[end.line]
    colon = line.find(":", end.character)
    at = Position(end.line, colon + 1 if colon >= 0 else end.character)
    return TextEdit(Range(at, at), text if colon >= 0 else f":{text}")


def _last_line(tree: Tree, entry: Entry) -> int:
    """The line that the entry ends on.

    A range that ends before the first character of a line ends above it.
    """
    end = entry.range.end
    line = end.line - 1 if end.character == 0 and end.line > entry.range.start.line else end.line
    return min(line, len(tree.lines) - 1)
