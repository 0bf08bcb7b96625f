"""What can be written at the cursor: keys with their help, choices, columns, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tunesmith.core.fact import Facts
from tunesmith.facts.located import located
from tunesmith.facts.names import MODEL, MODEL_CLASS, TRAIN_COLUMNS
from tunesmith.facts.weights import leaves
from tunesmith.ide.beside import names_beside
from tunesmith.ide.hover import describe
from tunesmith.ide.place import Place
from tunesmith.ide.snippets import SNIPPETS
from tunesmith.ide.spec import KeySpec, key_at, keys_at
from tunesmith.stages.data.rules.files import SUFFIXES, TEXT_SUFFIX
from tunesmith.stages.recipe import BUILT_IN, OWN
from tunesmith.stages.script.config import UNREAD
from tunesmith.syntax.scalars import written
from tunesmith.syntax.tree import Range

TARGETS = ("peft", "target_modules")
LANGUAGE_MODEL = re.compile(r"task:\s+causal-lm\b")

Kind = Literal["recipe", "section", "key", "choice", "column", "file", "folder"]
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
    """Ask again at once: a section or folder was opened, or words and files can follow."""


def completion(
    lines: Sequence[str], facts: Facts, place: Place | None, folder: Path, list_folder: ListFolder
) -> list[Completion]:
    """Told by the lines alone: it need not wait until the recipe is checked, nor until it is YAML.
    `place`: what is being written at the cursor; None in a comment."""
    if place is None:
        return []
    if place.kind == "key":
        return [*_recipes(lines, place), *_keys(lines, facts, place)]
    return _values(facts, place, folder, list_folder)


def _recipes(lines: Sequence[str], place: Place) -> list[Completion]:
    """Whole recipes, in a file that has nothing but comments yet."""
    here = place.range.start.line
    others = (line.strip() for number, line in enumerate(lines) if number != here)
    if place.path or place.flow or any(line and not line.startswith("#") for line in others):
        return []
    return [
        Completion(
            one.label, "recipe", one.text, place.range, documentation=one.documentation, sort=f"-{number}"
        )
        for number, one in enumerate(SNIPPETS)
    ]


def _keys(lines: Sequence[str], facts: Facts, place: Place) -> list[Completion]:
    present = names_beside(lines, place)
    unfit = _unfit(lines, place, present)
    found: list[Completion] = []
    for number, spec in enumerate(keys_at(place.path, facts)):
        if spec.name in present or spec.name in unfit:
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
                more=spec.section or bool(spec.choices) or spec.path == "file",
            )
        )
    return found


def _unfit(lines: Sequence[str], place: Place, present: set[str]) -> Collection[str]:
    """Keys that have no meaning beside what is written."""
    if not place.path:
        if not present.isdisjoint(OWN):
            return {*OWN, *UNREAD}
        return {*OWN, "args"} if not present.isdisjoint(BUILT_IN) else ()
    if place.path == ("data", "columns") and any(LANGUAGE_MODEL.match(line) for line in lines):
        return ("label",)
    if place.path == ("model",):
        other = {"name_or_path": "config", "config": "name_or_path"}
        return [other[name] for name in present if name in other]
    return ()


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
    words = _modules(facts) if place.path == TARGETS else ()
    words = words or spec.choices or spec.examples or ((spec.default,) if spec.default else ())
    return [
        _value(place, word, "choice", detail="default" if word == spec.default else "", sort=f"{number:04d}")
        for number, word in enumerate(words)
    ]


def _modules(facts: Facts) -> tuple[str, ...]:
    """What LoRA can be put beside: the modules of the model's weights, else the layers of its class."""
    model, one = facts.get(MODEL), facts.get(MODEL_CLASS)
    layers = one.layers if one else ()
    there = leaves(model.modules) if model and model.modules else ()
    known = tuple(name for name in there if name in layers) if layers else there
    return (*(known or layers), "all-linear")


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
    return spec.path == "file" and name.lower().endswith(spec.suffixes or (*SUFFIXES, TEXT_SUFFIX))


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
