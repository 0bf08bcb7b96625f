"""Two runs side by side, as a unified difference of their documents."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tunesmith.core.layout import RunFolder
from tunesmith.runs.document import HEAD, sections

CONTEXT = 1


def difference(old: RunFolder, new: RunFolder) -> list[str]:
    """Lines, each part under its title; empty when nothing differs but the runs themselves."""
    before, after = sections(old), sections(new)
    titles = [title for title in before if title != HEAD]
    return [line for title in titles for line in _part(title, before[title], after[title])]


def _part(title: str, before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=CONTEXT, lineterm="")
    # The first two lines name files, of which there are none.
    told = list(lines)[2:]
    if told:
        yield f"@@ {title} @@"
        yield from (line for line in told if not line.startswith("@@"))
