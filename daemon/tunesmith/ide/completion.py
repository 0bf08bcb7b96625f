"""What can be written at the cursor: keys with their help, choices, columns, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunesmith.core.path import RecipePath
from tunesmith.facts.located import located
from tunesmith.facts.names import TRAIN_COLUMNS
from tunesmith.ide.hover import describe
from tunesmith.ide.place import Place, place_at
from tunesmith.ide.spec import KeySpec, key_at, keys_at
from tunesmith.rules.check import Report
from tunesmith.stages.data.rules import SUFFIXES
from tunesmith.syntax.scalars import written
from tunesmith.syntax.tree import Map, Position, Range

Kind = Literal["section", "key", "choice", "column", "file", "folder"]
ListFolder = Callable[[Path], Iterable[tuple[str, bool]]]
"""The names in a folder, and whether each is a folder."""


@dataclass(frozen=True)
class Completion:
    """`text` replaces `range`. `sort` puts what is needed first."""

    label: str
    kind: Kind
    text: str
    range: Range
    detail: str = ""
    documentation: str = ""
    sort: str = ""
    more: bool = False
    """Ask again at once: a section or folder was opened."""


def completion(report: Report, position: Position, folder: Path, list_folder: ListFolder) -> list[Completion]:
    place = place_at(report.tree.lines, position)
    if place is None:
        return []
    if place.kind == "key":
        return _keys(report, place)
    return _values(report, place, folder, list_folder)


def _keys(report: Report, place: Place) -> list[Completion]:
    present = _written(report, place)
    found: list[Completion] = []
    for number, spec in enumerate(keys_at(place.path, report.facts)):
        if spec.name in present:
            continue
        found.append(
            Completion(
                spec.name,
                "section" if spec.section else "key",
                _key_text(spec, place, _after(report, place)),
                place.range,
                detail=_detail(spec),
                documentation=describe(spec),
                sort=f"{'0' if spec.required and not spec.source else '1'}{number:04d}",
                more=spec.section or bool(spec.choices),
            )
        )
    return found


def _key_text(spec: KeySpec, place: Place, after: str) -> str:
    if after.startswith(":"):
        return spec.name
    if not spec.section:
        return f"{spec.name}: "
    if place.flow:
        return f"{spec.name}: {{"
    return f"{spec.name}:\n{' ' * (place.range.start.character + 2)}"


def _values(report: Report, place: Place, folder: Path, list_folder: ListFolder) -> list[Completion]:
    spec = key_at(place.path, report.facts)
    if spec is None:
        return []
    if place.path[:2] == ("data", "columns"):
        return _columns(report, place)
    if spec.path is not None:
        return _files(spec, place, folder, list_folder)
    words = spec.choices or spec.examples or ((spec.default,) if spec.default else ())
    return [
        _value(place, word, "choice", detail="default" if word == spec.default else "", sort=f"{number:04d}")
        for number, word in enumerate(words)
    ]


def _columns(report: Report, place: Place) -> list[Completion]:
    columns = report.facts.get(TRAIN_COLUMNS) or ()
    source = report.facts.source(TRAIN_COLUMNS) if columns else ""
    return [
        _value(place, written(column), "column", detail=Path(source).name, sort=f"{number:04d}")
        for number, column in enumerate(columns)
        if column
    ]


def _files(spec: KeySpec, place: Place, folder: Path, list_folder: ListFolder) -> list[Completion]:
    """The entries of the folder that was written so far."""
    above, _, _ = place.prefix.strip("\"'").rpartition("/")
    here = located(folder, above)
    found: list[Completion] = []
    for name, is_folder in list_folder(here):
        if name.startswith(".") or not (is_folder or _fits(spec, name)):
            continue
        path = f"{above}/{name}" if above else f"./{name}" if spec.path == "model" else name
        text = f"{path}/" if is_folder and spec.path != "model" else path
        kind: Kind = "folder" if is_folder else "file"
        sort = "0" if is_folder == (spec.path == "model") else "1"
        found.append(_value(place, text, kind, sort=f"{sort}{name}", more=is_folder))
    return found


def _fits(spec: KeySpec, name: str) -> bool:
    return spec.path == "file" and name.lower().endswith(SUFFIXES)


def _value(
    place: Place, text: str, kind: Kind, detail: str = "", sort: str = "", more: bool = False
) -> Completion:
    lead = "" if place.spaced else " "
    return Completion(text, kind, lead + text, place.range, detail=detail, sort=sort, more=more)


def _detail(spec: KeySpec) -> str:
    parts = ["required" if spec.required and not spec.source else "", spec.type]
    if spec.default not in (None, ""):
        parts.append(f"default {spec.default}")
    return " · ".join(part for part in parts if part)


def _written(report: Report, place: Place) -> set[str]:
    """The keys that stand in the section already, without the one under the cursor."""
    return {name for name, line in _names(report, place.path) if not _is_here(place, name, line)}


def _names(report: Report, path: RecipePath) -> Sequence[tuple[str, int]]:
    node = report.tree.node(path) if path else report.tree.root
    entries = node.entries if isinstance(node, Map) else ()
    return [(entry.name, entry.key.range.start.line) for entry in entries]


def _is_here(place: Place, name: str, line: int) -> bool:
    return line == place.range.start.line and name.startswith(place.prefix.strip()) and bool(place.prefix)


def _after(report: Report, place: Place) -> str:
    lines = report.tree.lines
    end = place.range.end
    return lines[end.line][end.character :].lstrip() if end.line < len(lines) else ""
