"""Findings in somebody else's files, each in the document where the setting stands, with what it is about."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from tunesmith.core.path import RecipePath, dotted
from tunesmith.dialects.reading import Place, Reading
from tunesmith.ide.diagnostics import Diagnostic, Related
from tunesmith.rules import texts
from tunesmith.rules.foreign import ForeignReport, Located
from tunesmith.syntax.tree import List, Map, Node, Scalar, Tree

MOST_RELATED = 4


def foreign_diagnostics(report: ForeignReport) -> Mapping[Path, list[Diagnostic]]:
    """By document, as the editor names it; each that belongs to the reading has a list."""
    found: dict[Path, list[Diagnostic]] = {as_opened(path): [] for path in report.reading.documents}
    for one in report.findings:
        found[as_opened(one.place.document)].append(diagnostic_of(report.reading, one))
    return found


def diagnostic_of(reading: Reading, one: Located) -> Diagnostic:
    finding = one.finding
    return Diagnostic(
        one.range, finding.severity, finding.code, texts.message(finding), finding, related(reading, one)
    )


def related(reading: Reading, one: Located) -> tuple[Related, ...]:
    """The other settings that the finding is about, and the link that makes the file count."""
    places = dict.fromkeys(place for place in _concerned(reading, one) if place != one.place)
    stated = [
        Related(as_opened(place.document), reading.range_of(place), f"{dotted(place.path)} stands here")
        for place in places
        if place.path and reading.documents[place.document].find(place.path) is not None
    ]
    link = _link(reading, one)
    return (*stated[:MOST_RELATED], *([link] if link and not stated else []))


def _concerned(reading: Reading, one: Located) -> Iterator[Place]:
    """Where the settings stand that the finding's fixes would change or its sentence names."""
    for fix in one.finding.fixes:
        for edit in fix.edits:
            place = reading.written(edit.path)
            if place is not None:
                yield place
    for value in one.finding.arguments.values():
        if isinstance(value, str) and ("train", value) in reading.origins:
            yield reading.origins["train", value]


def _link(reading: Reading, one: Located) -> Related | None:
    """Where the checked file names the document that the finding is in."""
    if one.place.document == reading.file:
        return None
    tree = reading.documents[reading.file]
    path = link_to(tree, one.place.document)
    where = tree.range_of(path or ())
    name = one.place.document.name
    said = f"{name} is used here" if path else f"{name} is used with this file"
    return Related(as_opened(reading.file), where, said)


def link_to(tree: Tree, document: Path) -> RecipePath | None:
    """The path of the value that names `document`, or the folder that holds it."""
    parts = as_opened(document).parts
    for path, node in scalars(tree.root):
        if isinstance(node.value, str) and node.value.strip("./"):
            written = tuple(part for part in PurePath(node.value).parts if part not in (".", "..", "/"))
            if written and written in (parts[-len(written) :], parts[-len(written) - 1 : -1]):
                return path
    return None


def scalars(node: Node | None, path: RecipePath = ()) -> Iterator[tuple[RecipePath, Scalar]]:
    """Every scalar below `node` with its path."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Map):
        for entry in node.entries:
            yield from scalars(entry.value, (*path, entry.name))
    elif isinstance(node, List):
        for index, item in enumerate(node.items):
            yield from scalars(item, (*path, index))


def as_opened(path: Path) -> Path:
    """The path that an editor has for it: without the steps back that a written path may have."""
    return Path(os.path.normpath(path))
