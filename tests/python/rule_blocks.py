"""The YAML blocks in a rule's docstring: under `Flags:` and `Accepts:`, apart by lines of `---`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Literal

from tunesmith.core.rule import Rule

Heading = Literal["Flags", "Accepts"]


def section(rule: Rule, heading: str) -> str:
    """What stands under `heading:`, up to the next heading; continuation lines included."""
    lines: list[str] = []
    inside = False
    for line in rule.documentation.splitlines():
        if line and not line.startswith(" "):
            name, colon, rest = line.partition(": ")
            name = name.removesuffix(":")
            inside = name == heading or (inside and not colon and not line.endswith(":"))
            if inside:
                lines.append(rest if name == heading else line)
        elif inside:
            lines.append(line)
    return "\n".join(lines).strip("\n")


def blocks(rule: Rule, heading: Heading) -> Iterator[str]:
    for block in textwrap.dedent(section(rule, heading)).split("\n---\n"):
        if block.strip():
            yield block + "\n"
