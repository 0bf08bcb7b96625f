"""Values as one line of YAML: the same value always the same text. Pure."""

from __future__ import annotations

import json
import math
import re

PLAIN = re.compile(r"[A-Za-z0-9_./~@+][\w./~@+=:,()-]*( [\w./~@+=,()-]+)*", re.ASCII)
# What YAML would read as something else than text.
OTHER = re.compile(
    r"[-+]?(\d[\d_,]*\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?\d+(:\d+)+(\.\d*)?|0[xo].*"
    r"|[-+]?\.(inf|nan)|~|null|true|false|yes|no|on|off",
    re.I,
)


def scalar(value: object) -> str:
    """`value` as it stands behind a key."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and not OTHER.fullmatch(value) and not value.endswith(":")
        return value if plain and ": " not in value else quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(scalar(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = sorted((scalar(str(key)), scalar(item)) for key, item in value.items())
        return f"{{{', '.join(f'{key}: {item}' for key, item in pairs)}}}"
    return str(value)


def number(value: float) -> str:
    """With six digits, which is all that a metric is good for."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return f"{value:.6g}"


def quoted(text: str) -> str:
    return "".join(map(_visible, json.dumps(text, ensure_ascii=False)))


def visible(text: str) -> str:
    """For a terminal: what is no printable character is shown by its number."""
    return "".join(char if char in "\n\t" else _visible(char) for char in text)


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    point = ord(char)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
