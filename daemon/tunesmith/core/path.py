"""Where in a recipe: the keys and indices from its root."""

from __future__ import annotations

RecipePath = tuple[str | int, ...]


def dotted(path: RecipePath) -> str:
    """`("data", "columns", "text")` as people write it: `data.columns.text`; items as `prepare[0]`."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            out += f".{step}" if out else step
    return out
