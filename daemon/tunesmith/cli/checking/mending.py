"""`--fix`: make the fixes that nobody has to choose, in the files that were asked about, and say which."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunesmith.cli.checking.engine import Engine
from tunesmith.cli.checking.found import Offer, Problem
from tunesmith.cli.checking.inputs import Input
from tunesmith.core.path import RecipePath
from tunesmith.dialects.recognise import JSON
from tunesmith.ide.edits import TextEdit
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Position

log = logging.getLogger(__name__)

MOST = 1000
"""Fixes a file: more mean that they do not end."""
BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Change:
    """A fix that was made; `at` is where its problem stood then."""

    document: Path
    at: Position
    code: str
    title: str


def mend(engine: Engine, one: Input, asked: Collection[Path]) -> list[Change]:
    """One fix after the other, each on what the one before has left. Raises Unread, and OSError where a file
    cannot be written.

    Files that nobody asked about are not written, though they may be linked.
    """
    made: list[Change] = []
    tried: set[tuple[Path, str, str, RecipePath]] = set()
    while len(tried) < MOST:
        text = one.text()
        checked = None if text is None else engine.check(one.file, text)
        offered = _offered(checked.problems if checked else (), asked)
        found = next(
            ((problem, offer) for problem, offer in offered if _key(problem, offer) not in tried), None
        )
        if found is None:
            break
        problem, offer = found
        tried.add(_key(problem, offer))
        if _write(offer.edits):
            made.append(Change(problem.document, problem.range.start, problem.code, offer.title))
            engine.forget_written()
    return made


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """`text` with the edits, whose places count lines whatever their breaks are; new ones have its own."""
    starts = [0, *(match.end() for match in BREAK.finditer(text))]
    first = BREAK.search(text)
    own = first.group() if first else "\n"

    def offset(at: Position) -> int:
        return min(starts[at.line] + at.character, len(text)) if at.line < len(starts) else len(text)

    # From the end, so that places before stay right; of several at one place the first comes first.
    in_order = sorted(enumerate(edits), key=lambda numbered: (numbered[1].range.start, numbered[0]))
    for _, one in reversed(in_order):
        start, end = offset(one.range.start), offset(one.range.end)
        text = text[:start] + one.text.replace("\n", own) + text[end:]
    return text


def _offered(problems: Iterable[Problem], asked: Collection[Path]) -> Iterator[tuple[Problem, Offer]]:
    for one in problems:
        for offer in one.offers:
            if offer.preferred and offer.edits.keys() <= set(asked):
                yield one, offer


def _key(one: Problem, offer: Offer) -> tuple[Path, str, str, RecipePath]:
    return one.document, one.code, offer.title, one.path


def _write(edits: Mapping[Path, Sequence[TextEdit]]) -> bool:
    """Whether all of it was written: a file that would no longer be read is left as it is."""
    texts: dict[Path, str] = {}
    for path, some in edits.items():
        before = path.read_bytes().decode("utf-8")
        texts[path] = edited(before, some)
        if texts[path] == before or _is_worse(path, before, texts[path]):
            log.error("%s: a fix would break the file, and was not made", path)
            return False
    for path, text in texts.items():
        _replace(path.resolve(), text)
    return True


def _is_worse(path: Path, before: str, after: str) -> bool:
    if path.suffix.lower() in JSON and _is_json(before) and not _is_json(after):
        return True
    return len(parse(after).problems) > len(parse(before).problems)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    """In one step, with the rights that the file has."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(text.encode("utf-8"))
        partial.chmod(path.stat().st_mode & 0o7777)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
