"""From a recipe to the user's own script, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.names import COMMAND_LINE, SCRIPT_FILE
from tunesmith.rules.check import Report
from tunesmith.stages.script.verdict import option_of
from tunesmith.syntax.tree import Entry, Map, Position, Range


@dataclass(frozen=True)
class Definition:
    """`origin` is the key or value that was asked about; lines count from 0."""

    origin: Range
    path: Path
    line: int
    last: int


def definition(report: Report, position: Position) -> Definition | None:
    """Where the script says what the argument under the cursor is; for its name the script itself."""
    path = report.tree.path_at(position)
    found = report.tree.find(path)
    script, line = report.facts.get(SCRIPT_FILE), report.facts.get(COMMAND_LINE)
    if path == ("script",) and script is not None and script.exists and isinstance(found, Entry):
        return Definition(report.tree.range_of(path, "value"), script.path, 0, 0)
    if path[:1] != ("args",) or len(path) < 2 or line is None:
        return None
    option = option_of(line, str(path[1]))
    if option is None or option.defined is None:
        return None
    where = option.defined
    return Definition(report.tree.range_of(path[:2]), where.path, where.line, where.last)


def uses(report: Report, file: Path, line: int) -> Iterator[Range]:
    """The keys of a recipe that the argument means which is written in `line` of `file`."""
    taken = report.facts.get(COMMAND_LINE)
    args = report.tree.node(("args",))
    for entry in args.entries if taken is not None and isinstance(args, Map) else ():
        option = option_of(taken, entry.name) if taken is not None else None
        if option is not None and option.defined is not None and option.defined.covers(file, line):
            yield entry.key.range
