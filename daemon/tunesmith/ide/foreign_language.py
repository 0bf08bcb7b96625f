"""Hover, completion, links and outline of somebody else's file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.names import MODEL, TRAIN_FILE, VALIDATION_FILE
from tunesmith.ide.beside import names_beside
from tunesmith.ide.completion import Completion
from tunesmith.ide.foreign import as_opened, link_to
from tunesmith.ide.foreign_keys import foreign_keys, told_history
from tunesmith.ide.hover import Hover, describe
from tunesmith.ide.links import Link
from tunesmith.ide.place import place_at
from tunesmith.rules.foreign import ForeignReport
from tunesmith.syntax.tree import Entry, Map, Node, Position, Range, Scalar

SHOWN_VALUE = 60


@dataclass(frozen=True)
class Symbol:
    name: str
    value: str
    range: Range
    key: Range
    children: tuple[Symbol, ...]


def foreign_hover(report: ForeignReport, position: Position) -> Hover | None:
    tree = report.reading.documents[report.reading.file]
    path = tree.path_at(position)
    found = tree.find(path)
    if not isinstance(found, Entry) or not found.key.range.covers(position):
        return None
    spec = foreign_keys(report.reading, report.facts, path[:-1]).get(str(path[-1]))
    history = told_history(report.reading, str(path[-1])) if len(path) == 1 else ""
    if spec is None and not history:
        return None
    text = describe(spec) if spec else f"**{path[-1]}**"
    return Hover("\n\n".join(part for part in (text, history) if part), found.key.range)


def foreign_completion(report: ForeignReport, lines: Sequence[str], position: Position) -> list[Completion]:
    """Keys that are not there yet; choices of a key."""
    place = place_at(lines, position)
    if place is None or place.flow:
        return []
    if place.kind == "value":
        spec = foreign_keys(report.reading, report.facts, place.path[:-1]).get(str(place.path[-1]))
        words = spec.choices if spec else ()
        lead = "" if place.spaced else " "
        return [
            Completion(word, "choice", lead + word, place.range, sort=f"{number:04d}")
            for number, word in enumerate(words)
        ]
    present = names_beside(lines, place)
    after = lines[place.range.end.line][place.range.end.character :].lstrip()
    return [
        Completion(
            name,
            "key",
            name if after.startswith(":") else f"{name}: ",
            place.range,
            detail=" · ".join(part for part in (spec.type, spec.default or "") if part),
            documentation=describe(spec),
            sort=f"{number:04d}",
            more=bool(spec.choices),
        )
        for number, (name, spec) in enumerate(foreign_keys(report.reading, report.facts, place.path).items())
        if name not in present
    ]


def foreign_links(report: ForeignReport) -> list[Link]:
    """The linked files, the data and the model folder, where they are known to exist."""
    reading, facts = report.reading, report.facts
    tree = reading.documents[reading.file]
    targets: dict[Range, Path] = {}
    for recipe_path, fact in ((("data", "train"), TRAIN_FILE), (("data", "validation"), VALIDATION_FILE)):
        place, data = reading.origins.get(recipe_path), facts.get(fact)
        if place is not None and data is not None and data.exists and place.document == reading.file:
            targets[tree.range_of(place.path, "value")] = data.path
    model, place = facts.get(MODEL), reading.origins.get(("model", "name_or_path"))
    if model is not None and model.has_config and place is not None and place.document == reading.file:
        targets[tree.range_of(place.path, "value")] = model.path / "config.json"
    for document in reading.documents:
        path = link_to(tree, document) if document != reading.file else None
        if path:
            targets.setdefault(tree.range_of(path, "value"), document)
    return [Link(where, as_opened(target)) for where, target in targets.items()]


def symbols(node: Node | None) -> Iterator[Symbol]:
    """The keys of a mapping, with those inside."""
    for entry in node.entries if isinstance(node, Map) else ():
        value = str(entry.value.text) if isinstance(entry.value, Scalar) else ""
        yield Symbol(
            entry.name or '""',
            value if len(value) <= SHOWN_VALUE else f"{value[:SHOWN_VALUE]}…",
            entry.range,
            entry.key.range,
            tuple(symbols(entry.value)),
        )
