"""Findings that a comment silences, on its line or below: `# tunesmith: ignore TN221 because …`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding
from tunesmith.rules.table import BY_CODE
from tunesmith.syntax import codes
from tunesmith.syntax.tree import Position, Range, Tree

WORD = "tunesmith:"
COMMENT = re.compile(
    r"(?:^|\s)(?P<comment>#\s*tunesmith:\s*ignore\s+(?P<codes>TN\d{3}(?:[\s,]+TN\d{3})*)"
    r"(?:\s+because\s+(?P<reason>\S.*?))?)\s*$"
)
ABOUT_COMMENTS = WITHOUT_REASON, IDLE = "TN006", "TN007"

T = TypeVar("T")


@dataclass(frozen=True)
class Suppression:
    """What a comment silences on line `covers`. `range` is where the comment stands."""

    codes: tuple[str, ...]
    covers: int
    range: Range
    reason: str


def sifted(
    tree: Tree, findings: Iterable[T], place: Callable[[T], tuple[str, int]]
) -> tuple[list[T], list[tuple[Suppression, str]]]:
    """The findings that nothing silences, and which suppressions silence which codes. `place`: the code and
    the line of a finding."""
    all_of_them = suppressions(tree)
    kept: list[T] = []
    used: list[tuple[Suppression, str]] = []
    for finding in findings:
        code, line = place(finding)
        found = next((one for one in all_of_them if one.covers == line and code in one.codes), None)
        if found is None:
            kept.append(finding)
        else:
            used.append((found, code))
    return kept, used


def suppressions(tree: Tree) -> list[Suppression]:
    """Those of a document, in its order."""
    return list(_suppressions(tree.lines)) if WORD in tree.text else []


def complaints(tree: Tree, used: Sequence[tuple[Suppression, str]], facts: Facts) -> Iterator[Finding]:
    """What is wrong with the suppressions themselves: hints."""
    for one in suppressions(tree):
        where = {"range": one.range}
        if not one.reason:
            yield _hint(WITHOUT_REASON, where)
        idle = [code for code in one.codes if (one, code) not in used and _has_run(code, facts)]
        if idle:
            yield _hint(IDLE, {**where, "codes": ", ".join(idle)})


def _suppressions(lines: Sequence[str]) -> Iterator[Suppression]:
    for number, line in enumerate(lines):
        match = COMMENT.search(line) if WORD in line else None
        if match is None:
            continue
        start, end = match.span("comment")
        alone = not line[:start].strip()
        where = Range(Position(number, start), Position(number, end))
        found = tuple(re.findall(r"TN\d{3}", match["codes"]))
        reason = match["reason"] or ""
        said = reason if any(char.isalnum() for char in reason) else ""
        yield Suppression(found, _next(lines, number) if alone else number, where, said)


def _next(lines: Sequence[str], number: int) -> int:
    """The line that a comment stands above."""
    for below in range(number + 1, len(lines)):
        text = lines[below].strip()
        if text and not text.startswith("#"):
            return below
    return number


def _has_run(code: str, facts: Facts) -> bool:
    """A rule that waits for facts may still find something."""
    rule = BY_CODE.get(code)
    return rule is None or all(fact in facts for fact in rule.needs)


def _hint(code: str, arguments: Mapping[str, object]) -> Finding:
    return Finding(code, codes.BY_CODE[code].severity, (), arguments)
