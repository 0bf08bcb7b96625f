"""Check a file of somebody else's, in place: the same rules, on what its dialect's reading makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tunesmith.core.fact import Facts, Known
from tunesmith.core.finding import Finding
from tunesmith.dialects.as_recipe import as_recipe
from tunesmith.dialects.launch import Launch
from tunesmith.dialects.read import read_foreign
from tunesmith.dialects.reading import Place, Reading
from tunesmith.dialects.recognise import Dialect
from tunesmith.facts.gather import gather, installed, script_facts, trainer_folders
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.machine import Machine
from tunesmith.facts.names import DATASETS, DIALECT
from tunesmith.facts.sources import Look, Source
from tunesmith.facts.target import Target
from tunesmith.rules.apply import Applied, apply
from tunesmith.rules.foreign_text import text_problems
from tunesmith.rules.suppressed import complaints, sifted
from tunesmith.rules.table import FOREIGN, TRAINING
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Range, Tree


@dataclass(frozen=True)
class Located:
    """A finding, the place in one of the documents that it is about, and what to underline there."""

    finding: Finding
    place: Place
    range: Range


@dataclass(frozen=True)
class ForeignReport:
    """`findings` in the order of the documents and their lines."""

    reading: Reading
    facts: Facts
    findings: tuple[Located, ...]
    rules_run: int
    rules_waiting: int
    waiting_for: tuple[str, ...]


def check_foreign(
    file: Path,
    text: str,
    folder: Path,
    look: Look,
    launch: Launch | None = None,
    target: Target | None = None,
    interpreter: Interpreter | None = None,
    read: Callable[[str], Tree] = parse,
) -> ForeignReport | None:
    """All that is known to be wrong with `file`; None for a file that is not surely one of the dialects.

    `folder` is where `launch` runs; `target` replaces this machine and the interpreter; `read` parses the
    text.
    """
    look = _elsewhere(look)
    versions = target.packages if target else installed(interpreter, look)
    reading = read_foreign(file, text, folder, launch or Launch(), look, versions or {}, read)
    if reading is None:
        return None
    values = reading.guarded
    facts = gather(values, folder, interpreter, look, target, reading.arguments)
    facts = facts.with_known(trainer_folders(values, folder, look))
    facts = facts.with_known({DIALECT: Known(reading.dialect.value, "its keys")})
    if "registry" in reading.values:
        facts = facts.with_known({DATASETS: Known(reading.values["registry"], "dataset_info.json")})
    facts = facts.with_known(script_facts(reading.values, folder, look))
    recipe = as_recipe(values)
    applied: Applied = apply((*TRAINING, *FOREIGN), recipe, facts, reading.values)
    located = [_locate(reading, finding) for finding in applied.findings]
    located += [
        Located(finding, Place(document, path), range_)
        for finding, document, path, range_ in text_problems(reading, versions or {})
    ]
    located = _sifted(reading, located, facts)
    order = {document: index for index, document in enumerate(reading.documents)}
    located.sort(key=lambda one: (order[one.place.document], one.range, one.finding.code))
    return ForeignReport(
        reading, facts, tuple(located), applied.rules_run, applied.rules_waiting, applied.waiting_for
    )


def _elsewhere(look: Look) -> Look:
    """Whoever edits such a file on a machine without an accelerator trains on another one: nothing is known
    of that unless a target says it."""

    def seen(source: Source) -> Any:
        found = look(source)
        is_bare = isinstance(found, Machine) and found.accelerator is False
        return replace(found, accelerator=None) if is_bare else found

    return seen


def _sifted(reading: Reading, located: list[Located], facts: Facts) -> list[Located]:
    """Without what comments silence. A file that is a part of several trainings may silence what another one
    of them has: nothing is said of its suppressions."""
    for document, tree in reading.documents.items():
        here = [one for one in located if one.place.document == document]
        kept, used = sifted(tree, here, lambda one: (one.finding.code, one.range.start.line))
        if len(kept) < len(here):
            located = [one for one in located if one.place.document != document or one in kept]
        if document == reading.file and reading.dialect not in (Dialect.ACCELERATE, Dialect.DEEPSPEED):
            located += [
                Located(one, Place(document, ()), cast(Range, one.arguments["range"]))
                for one in complaints(tree, used, facts)
            ]
    return located


def _locate(reading: Reading, finding: Finding) -> Located:
    place = reading.place(finding.path)
    return Located(finding, place, reading.range_of(place, finding.on))
