"""Lengths of time as people write them in a recipe: `30s`, `10m`, `4h`, `1h30m`, `2d`."""

from __future__ import annotations

import re

UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])\s*")
_WHOLE = re.compile(rf"\s*(?:{_PARTS.pattern})+")


def seconds(text: str) -> float:
    """The length in seconds. ValueError when it is none, or nothing."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no length of time; write it as 30s, 10m, 4h, 1h30m or 2d")
    total = sum(float(number) * UNITS[unit] for number, unit in _PARTS.findall(text))
    if total <= 0:
        raise ValueError(f"{text!r} is no time at all")
    return total


def words(length: float) -> str:
    """`1 h 30 min`: the same for people, rounded to whole seconds where there are any."""
    rest = round(length) if length >= 1 else length
    parts: list[str] = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:g} {unit}")
    if rest or not parts:
        parts.append(f"{rest:g} s")
    return " ".join(parts)
