"""What is known about the key under the cursor, as Markdown."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from tunesmith.core.fact import Facts
from tunesmith.core.path import RecipePath
from tunesmith.facts.names import TOTAL_STEPS, TRAIN_COLUMNS, TRAIN_ROWS
from tunesmith.ide.inlay import inlays
from tunesmith.ide.spec import KeySpec, key_at
from tunesmith.rules.check import Report
from tunesmith.syntax.tree import Entry, Position, Range, Scalar

MOST_COLUMNS = 20
CROSS_REFERENCE = re.compile(r"\[`~?([^`]+)`\]")


@dataclass(frozen=True)
class Hover:
    text: str
    range: Range


def hover(report: Report, position: Position) -> Hover | None:
    path = report.tree.path_at(position)
    found = report.tree.find(path)
    spec = key_at(path, report.facts)
    if spec is None or not isinstance(found, Entry):
        return None
    if found.key.range.covers(position):
        where = found.key.range
    elif isinstance(found.value, Scalar) and found.value.range.covers(position):
        where = found.value.range
    else:
        return None
    parts = (describe(spec), _known_about(path, report.facts), _computed(report, where))
    return Hover("\n\n".join(part for part in parts if part), where)


@functools.lru_cache(maxsize=2048)
def describe(spec: KeySpec) -> str:
    """A key's type, default, help and where that was read."""
    head = f"**{spec.name}** `{spec.type}`"
    if spec.default not in (None, ""):
        head += f" · default `{spec.default}`"
    parts = [head, _markdown(spec.help)]
    if spec.choices and spec.choices != ("true", "false"):
        parts.append("One of " + ", ".join(f"`{word}`" for word in spec.choices))
    if spec.source:
        parts.append(f"*{spec.source}*")
    return "\n\n".join(part for part in parts if part)


def _markdown(docstring: str) -> str:
    """The prose of a Python docstring: lists stand apart at the left, cross-references are names."""
    lines: list[str] = []
    for line in CROSS_REFERENCE.sub(r"`\1`", docstring).splitlines():
        text = line.strip()
        if text.startswith("- ") and lines and not lines[-1].startswith("- "):
            lines.append("")
        lines.append(text)
    return "\n".join(lines)


def _computed(report: Report, where: Range) -> str:
    """What the setting comes to, with its parts."""
    line = where.end.line
    found = [one for one in inlays(report) if one.position.line == line and one.position >= where.end]
    return "\n\n".join(f"**{one.text}**\n\n{one.help}".strip() for one in found)


def _known_about(path: RecipePath, facts: Facts) -> str:
    """What the files say."""
    if path == ("data", "train"):
        rows, columns = facts.get(TRAIN_ROWS), facts.get(TRAIN_COLUMNS)
        said = [f"{rows:,} rows"] if rows is not None else []
        if columns:
            names = ", ".join(f"`{name}`" for name in columns[:MOST_COLUMNS])
            said.append(f"columns {names}")
        return " · ".join(said)
    steps = facts.get(TOTAL_STEPS)
    if steps is not None and path in (
        ("train", "num_train_epochs"),
        ("train", "max_steps"),
        ("train", "warmup_steps"),
    ):
        return f"This training takes about {steps:,} steps."
    return ""
