"""The page of one code as Markdown: what an editor opens for `TN203`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from tunesmith.rules.pages import pages

NAME = re.compile(r"\{(\w+)[^{}]*\}")
HINT = re.compile(r"(?<=\})\{\w+[^{}]*\}")
"""What some findings add behind a name, such as the name that was meant."""
BLOCKS = {"Flags:": "## Flagged", "Accepts:": "## Accepted"}
DUNDER = re.compile(r"`[^`]*`|__\w+?__")
LABELS = ("Why:", "Library:")


def page_text(code: str) -> str | None:
    """None for what is no code."""
    page = next((page for page in pages() if page["code"] == code), None)
    if page is None:
        return None
    message = NAME.sub(r"*\1*", HINT.sub("", page["message"]))
    head = f"# {code} {page['name']}\n\n**{page['severity'].capitalize()}:** {message}"
    needs = ", ".join(page["needs"])
    waits = [f"Runs once this is known: {needs}."] if needs else []
    return "\n\n".join([head, *_parts(page["documentation"]), *waits]) + "\n"


def _parts(documentation: str) -> Iterator[str]:
    """Prose as it is, examples as YAML."""
    prose: list[str] = []
    lines = documentation.splitlines()
    while lines:
        line = lines.pop(0)
        if line.strip() not in BLOCKS:
            label = next((one for one in LABELS if line.startswith(one)), "")
            prose.append(f"\n**{label}**{line.removeprefix(label)}" if label else line)
            continue
        if before := _prose(prose):
            yield before
        prose = []
        block: list[str] = []
        while lines and (not lines[0].strip() or lines[0].startswith(" ")):
            block.append(lines.pop(0))
        yield f"{BLOCKS[line.strip()]}\n\n```yaml\n{textwrap.dedent(chr(10).join(block)).strip()}\n```"
    if rest := _prose(prose):
        yield rest


def _prose(lines: list[str]) -> str:
    """`__init__` would be a bold word."""
    text = "\n".join(lines).strip()
    return DUNDER.sub(lambda found: found[0] if "`" in found[0] else found[0].replace("_", r"\_"), text)
