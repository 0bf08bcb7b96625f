"""What a line of YAML holds, seen by itself: a key, an item, a comment; and why it cannot stand there."""

from __future__ import annotations

import re

# What it may end with is no space: of spaces in front of a colon that is not there each would be tried.
KEY = re.compile(
    r"""(?P<key> "(?:[^"\\]|\\.)*" | '(?:[^']|'')*'
          | (?: [^\s\-?:,\[\]{}\#&*!|>'"%@`] | [-?:][^\s#] ) (?: [^#]*?[^\s#] )?? )
        \s* : (?=\s|$)""",
    re.VERBOSE,
)
COLON = re.compile(r".:(?=\s|$)")
ITEM = re.compile(r"-(?:\s+|$)")
COMMENT = re.compile(r"(?:^|\s)#.*$")
DOCUMENT = re.compile(r"(?:---|\.\.\.)(?:\s|$)")
OPENING, CLOSING = "[{", "]}"


def reason_for(text: str) -> str:
    """In a few words, why `text` cannot stand here."""
    first = text[:1]
    if first in ("'", '"') and text.count(first) % 2:
        return f"the quote {first} is not closed"
    for opening, closing in zip(OPENING, CLOSING, strict=True):
        if text.count(opening) > text.count(closing):
            return f"{opening} is not closed by {closing}"
        if text.count(closing) > text.count(opening):
            return f"{closing} closes nothing"
    if COLON.search(text):
        return "a value that holds a colon and a space needs quotes"
    if first in "@`%":
        return f"a value that starts with {first} needs quotes"
    if re.fullmatch(r"[\w.\-]+", text):
        return f"a colon is missing after {text}"
    return "a key, a colon and a value are expected"


def is_meaningful(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#")


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def indent_of_meaning(line: str) -> int | None:
    """None where nothing stands but a comment."""
    # A long text has many lines: the usual ones are told by one character.
    text = line.lstrip(" \t")
    if not text or text[0] == "#" or (text[0].isspace() and not is_meaningful(text)):
        return None
    return len(line) - len(text)
