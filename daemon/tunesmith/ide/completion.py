"""What can be written at the cursor: keys with their help, choices, columns, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunesmith.core.fact import Facts
from tunesmith.facts.located import located
from tunesmith.facts.names import TRAIN_COLUMNS
from tunesmith.ide.beside import names_beside
from tunesmith.ide.hover import describe
from tunesmith.ide.place import Place, place_at
from tunesmith.ide.spec import KeySpec, key_at, keys_at
from tunesmith.stages.data.rules.files import SUFFIXES
from tunesmith.syntax.scalars import written
from tunesmith.syntax.tree import Position, Range

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


def completion(
    lines: Sequence[str], facts: Facts, position: Position, folder: Path, list_folder: ListFolder
) -> list[Completion]:
    """Told by the lines alone: it need not wait until the recipe is checked, nor until it is YAML."""
    place = place_at(lines, position)
    if place is None:
        return []
    if place.kind == "key":
        return _keys(lines, facts, place)
    return _values(facts, place, folder, list_folder)


def _keys(lines: Sequence[str], facts: Facts, place: Place) -> list[Completion]:
    present = names_beside(lines, place)
    found: list[Completion] = []
    for number, spec in enumerate(keys_at(place.path, facts)):
        if spec.name in present:
            continue
        found.append(
            Completion(
                spec.name,
                "section" if spec.section else "key",
                _key_text(spec, place, _after(lines, place)),
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


def _values(facts: Facts, place: Place, folder: Path, list_folder: ListFolder) -> list[Completion]:
    spec = key_at(place.path, facts)
    if spec is None:
        return []
    if place.path[:2] == ("data", "columns"):
        return _columns(facts, place)
    if spec.path is not None:
        return _files(spec, place, folder, list_folder)
    words = spec.choices or spec.examples or ((spec.default,) if spec.default else ())
    return [
        _value(place, word, "choice", detail="default" if word == spec.default else "", sort=f"{number:04d}")
        for number, word in enumerate(words)
    ]


def _columns(facts: Facts, place: Place) -> list[Completion]:
    columns = facts.get(TRAIN_COLUMNS) or ()
    source = facts.source(TRAIN_COLUMNS) if columns else ""
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


def _after(lines: Sequence[str], place: Place) -> str:
    end = place.range.end
    return lines[end.line][end.character :].lstrip() if end.line < len(lines) else ""
