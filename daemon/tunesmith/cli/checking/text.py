"""What was found as lines: one a finding, one for each other place that it is about, and a summary."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tunesmith.cli.checking.found import CheckedFile, Problem
from tunesmith.cli.checking.mending import Change
from tunesmith.facts.names import INTERPRETER
from tunesmith.syntax.tree import Position


def as_text(
    files: Sequence[CheckedFile], problems: Sequence[Problem], changes: Sequence[Change], passed_over: int
) -> str:
    """`passed_over`: how many of the named files are no training configuration."""
    lines = changes_as_lines(changes)
    for one in problems:
        place = _at(one.document, one.range.start)
        lines.append(f"{place}: {one.severity.value} {one.code} {one.message}")
        lines += [f"  {_at(other.document, other.range.start)}: {other.message}" for other in one.related]
    return "\n".join([*lines, *_summary(files, problems, passed_over)])


def changes_as_lines(changes: Sequence[Change]) -> list[str]:
    return [f"{_at(one.document, one.at)}: mended {one.code}: {one.title}" for one in changes]


def shown(path: Path) -> str:
    """As a person in the current folder writes it; absolute where it is elsewhere."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _summary(files: Sequence[CheckedFile], problems: Sequence[Problem], passed_over: int) -> list[str]:
    severities = Counter(one.severity.value for one in problems)
    counts = ", ".join(counted(number, severity) for severity, number in sorted(severities.items()))
    lines = [f"{counted(len(files), 'file')} checked: {counts or 'nothing found'}"]
    if passed_over:
        are = "is" if passed_over == 1 else "are"
        lines.append(f"{counted(passed_over, 'file')} {are} no training configuration that is known")
    mendable = sum(any(offer.preferred for offer in one.offers) for one in problems)
    if mendable:
        lines.append(f"--fix mends {mendable} of them")
    if waiting := dict.fromkeys(about for file in files for about in file.waiting_for):
        silent = max(file.rules_waiting for file in files)
        lines.append(f"{counted(silent, 'rule')} not run, for want of: {'; '.join(waiting)}")
        if INTERPRETER.about in waiting:
            lines.append("--interpreter names the Python that trains, --target a profile of the machine")
    return lines


def _at(document: Path, position: Position) -> str:
    return f"{shown(document)}:{position.line + 1}:{position.character + 1}"
