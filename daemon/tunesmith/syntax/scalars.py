"""What a scalar means: the YAML 1.2 core schema, escapes and folding. https://yaml.org/spec/1.2.2/"""

from __future__ import annotations

import re

Value = str | int | float | bool | None

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
SPECIAL_FLOATS = {
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# What needs no quotes anywhere, also not between brackets.
PLAIN = re.compile(r"[^\W\d_](?:[\w ./\-]*[\w./])?")
# Longer runs of digits are not read as numbers: Python refuses to convert more than 4,300.
LONGEST_NUMBER = 400

ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)


def core(text: str) -> Value:
    """The value of an untagged plain scalar."""
    first = text[:1]
    if first in "-+.0123456789" and len(text) <= LONGEST_NUMBER:
        if INTEGER.fullmatch(text):
            return int(text)
        if FLOAT.fullmatch(text):
            return float(text)
        if OCTAL.fullmatch(text):
            return int(text[2:], 8)
        if HEXADECIMAL.fullmatch(text):
            return int(text[2:], 16)
        if text in SPECIAL_FLOATS:
            return SPECIAL_FLOATS[text]
    if text in NULLS:
        return None
    return BOOLEANS.get(text, text)


def tagged(tag: str, text: str) -> Value:
    """The value of a scalar whose tag is written; an unknown tag leaves it a string."""
    if tag == "!!float":
        value = core(text)
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if tag in ("!!int", "!!bool", "!!null"):
        return core(text)
    return text


def written(text: str) -> str:
    """`text` as it can stand in a file: in quotes where it would be read as something else."""
    if PLAIN.fullmatch(text) and core(text) == text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def double_quoted(text: str) -> str:
    """The content of `text`, quotes included: folded lines and escapes resolved."""
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    if "\\" not in inner and "\n" not in inner:
        return inner
    read = ESCAPE.sub(_unescape, _fold(inner))
    # JSON writes characters beyond the basic plane as two escapes.
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def single_quoted(text: str) -> str:
    inner = text[1:-1] if len(text) > 1 and text.endswith("'") else text[1:]
    return _fold(inner).replace("''", "'")


def folded(text: str) -> str:
    """A plain scalar over several lines as one."""
    return _fold(text) if "\n" in text else text


def block(text: str) -> str:
    """The content of a block scalar, header line included in `text`."""
    header, _, body = text.partition("\n")
    indicators = header.split("#")[0].strip()
    lines = body.split("\n")
    written = [line for line in lines if line.strip(" ")]
    indent = min((len(line) - len(line.lstrip(" ")) for line in written), default=0)
    content = [line[indent:] if line.strip(" ") else "" for line in lines]
    value = "\n".join(content) if indicators.startswith("|") else _fold_block(content)
    stripped = value.rstrip("\n")
    if "-" in indicators:
        return stripped
    if "+" in indicators:
        return value + "\n"
    return stripped + "\n" if stripped else ""


def _unescape(match: re.Match[str]) -> str:
    for digits in match.group(1, 2, 3):
        if digits:
            code = int(digits, 16)
            return chr(code) if code < 0x110000 else "\ufffd"
    return ESCAPES.get(match.group(4), match.group(0))


def _fold(text: str) -> str:
    """Line breaks become spaces; n empty lines become n line breaks."""
    if "\n" not in text:
        return text
    first, *rest = text.split("\n")
    out = first.rstrip(" \t")
    breaks = 0
    for index, line in enumerate(rest):
        last = index == len(rest) - 1
        line = line.lstrip(" \t") if last else line.strip(" \t")
        if not line and not last:
            breaks += 1
            continue
        if out.endswith("\\") and not out.endswith("\\\\"):
            out = out[:-1] + line
        else:
            out += ("\n" * breaks if breaks else " ") + line
        breaks = 0
    return out


def _fold_block(lines: list[str]) -> str:
    """Lines become one, except around empty and around further indented lines."""
    out = ""
    previous: str | None = None
    empty = 0
    for line in lines:
        if not line:
            empty += 1
            continue
        if previous is None:
            out = "\n" * empty + line
        elif line[0] in " \t" or previous[0] in " \t":
            out += "\n" * (empty + 1) + line
        else:
            out += ("\n" * empty or " ") + line
        previous, empty = line, 0
    return out + "\n" * empty
