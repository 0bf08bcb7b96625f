"""What the words of a file are to us, for the colours of an editor: known keys, and what they are set to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from tunesmith.core.fact import Facts
from tunesmith.core.path import RecipePath
from tunesmith.ide.foreign_keys import foreign_keys
from tunesmith.ide.own_arguments import argument_key, argument_keys
from tunesmith.ide.spec import KeySpec, keys_at
from tunesmith.rules.check import Report
from tunesmith.rules.foreign import ForeignReport
from tunesmith.stages import slurm
from tunesmith.stages.train.rules.keys import renamed_training_argument
from tunesmith.syntax.tree import Entry, List, Map, Node, Scalar

Kind = Literal["namespace", "property", "parameter", "enumMember", "string"]
"""As LSP calls them: those that every colour theme has."""
Keys = Callable[[RecipePath], Mapping[str, KeySpec]]
GONE = renamed_training_argument.code
ARGUMENTS = ("args",)
JOB = ("run", "slurm")


class Token(NamedTuple):
    """From `start` up to `end` in a line. `deprecated`: the library has another key now, or none."""

    line: int
    start: int
    end: int
    kind: Kind
    deprecated: bool = False


def tokens(report: Report) -> list[Token]:
    """Of a recipe, in order."""
    gone = frozenset(finding.path for finding in report.findings if finding.code == GONE)

    def keys(path: RecipePath) -> Mapping[str, KeySpec]:
        if path == ARGUMENTS:
            known = {spec.name: spec for spec in argument_keys(report.facts)}
            others = {one.name for one in _entries(report.tree.node(path))} - known.keys()
            named = ((name, argument_key(name, report.facts)) for name in others)
            return {**known, **{name: spec for name, spec in named if spec is not None}}
        return {spec.name: spec for spec in keys_at(path, report.facts)}

    return _below(report.tree.root, keys, gone, frozenset())


def foreign_tokens(report: ForeignReport) -> list[Token]:
    """Of somebody else's file, in order."""
    reading = report.reading
    own = [one for one in report.findings if one.place.document == reading.file]
    gone = frozenset(one.place.path for one in own if one.finding.code == GONE)
    named = frozenset(
        place.path
        for path, place in reading.origins.items()
        if place.document == reading.file and path in named_files()
    )

    def keys(path: RecipePath) -> Mapping[str, KeySpec]:
        return foreign_keys(reading, report.facts, path)

    return _below(reading.documents[reading.file].root, keys, gone, named)


@functools.cache
def named_files() -> frozenset[RecipePath]:
    """The keys of a recipe that name files and folders."""

    def below(path: RecipePath) -> Iterator[RecipePath]:
        for spec in keys_at(path, Facts()):
            if spec.path is not None:
                yield (*path, spec.name)
            if spec.section:
                yield from below((*path, spec.name))

    return frozenset(below(()))


def _below(
    root: Node | None, keys: Keys, gone: frozenset[RecipePath], named: frozenset[RecipePath]
) -> list[Token]:
    found: list[Token] = []

    def section(node: Node | None, path: RecipePath) -> None:
        entries = _entries(node)
        known = keys(path) if entries else {}
        for entry in entries:
            here = (*path, entry.name)
            spec = known.get(slurm.underscored(entry.name) if path == JOB else entry.name)
            if here in gone:
                _put(found, entry.key, "property", deprecated=True)
            elif spec is not None:
                _put(found, entry.key, _kind(spec, here))
            if here in named or (spec is not None and spec.path is not None):
                _put_words(found, entry.value, None)
            elif spec is not None and spec.choices:
                _put_words(found, entry.value, spec.choices)
            if spec is not None and (spec.section or here == ARGUMENTS):
                section(entry.value, here)

    section(root, ())
    # What aliases repeat is what it is to the first that has it.
    return sorted({(one.line, one.start): one for one in reversed(found)}.values())


def _kind(spec: KeySpec, path: RecipePath) -> Kind:
    if path[:-1] == ARGUMENTS:
        return "parameter"
    return "namespace" if (spec.section and not spec.source) or path == ARGUMENTS else "property"


def _put_words(found: list[Token], node: Node | None, choices: tuple[str, ...] | None) -> None:
    """Those of `choices`; without them each is a path. Numbers and truths have their colours."""
    for one in node.items if isinstance(node, List) else (node,):
        if isinstance(one, Scalar) and isinstance(one.value, str):
            if choices is None:
                _put(found, one, "string")
            elif one.value in choices:
                _put(found, one, "enumMember")


def _put(found: list[Token], scalar: Scalar, kind: Kind, *, deprecated: bool = False) -> None:
    """Nothing for what stands on several lines, which editors do not take."""
    (line, start), (last, end) = scalar.range
    if line == last and start < end:
        found.append(Token(line, start, end, kind, deprecated))


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Map) else ()
