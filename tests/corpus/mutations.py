"""Damage: of a text as it is typed and cut, and of the values that it holds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

ODD_SCALARS: Sequence[str] = (
    *(
        "null",
        "~",
        "true",
        "off",
        "no",
        "-1",
        "0",
        "1",
        "1e999",
        "-1e999",
        "0x1F",
        "0o7",
        "1_000",
        "12:30:45",
    ),
    *("12:30:45", ".nan", ".inf", "''", '""', "[]", "{}", "[[]]", "{a: {b: [1, {c: d}]}}", "*a", "&a [*a]"),
    *("!!int x", "!!python/object:os.system {}", "2024-02-30", "9" * 400, "x" * 3000, "auto"),
    *(
        "steps",
        "|\n  text\n",
        "\0",
        "\ud800",
        "文😀",
        "../../../etc",
        "/",
        "~/x",
        "http://[",
        "[" * 60,
        "{a: " * 40,
        "% 3",
    ),
)
ODD_VALUES: Sequence[Any] = (
    *(None, True, False, -1, 0, 1, 3, 0.5, -0.0, 1e308, float("inf"), float("nan"), 10**30, "", " ", "auto"),
    *(
        "none",
        "steps",
        "epoch",
        "no",
        "0",
        "-1",
        "5e-5",
        "1e999",
        "x" * 500,
        "文😀",
        ".",
        "..",
        "/",
        "a/b/c",
        "{}",
    ),
    *(
        [],
        {},
        [None],
        [[]],
        [1, "a", {}],
        {"": None},
        {"a": {"b": []}},
        ["auto"],
        [True, 2.5],
        {"stage": "3"},
    ),
)
PIECES: Sequence[str] = (
    *(
        "\n",
        "\n  ",
        "\n- ",
        ": ",
        ":",
        "- ",
        "#",
        " #",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "<<: *a\n",
    ),
    *(
        "\t",
        "\r\n",
        "? ",
        "! ",
        "|\n",
        ">-\n",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x00",
    ),
    *(
        "train:\n",
        "model: ",
        "deepspeed: ",
        "bf16: true\n",
        "lambda: ",
        "def f(\n",
        "class A:\n",
        '"""',
        "\\",
    ),
)


def mutate(draw: Random, text: str, others: Sequence[str], keys: Sequence[str]) -> str:
    """A text that some damage was done to; `others` to take lines from, `keys` that people write."""
    if draw.random() < 0.45:
        damaged = of_values(draw, text, keys)
        if damaged is not None:
            return damaged
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        text = draw.choice(OF_TEXT)(draw, text, others)
    return text[:60_000]


def of_values(draw: Random, text: str, keys: Sequence[str]) -> str | None:
    """The same file with another value, key or shape somewhere; None for a file without values."""
    values = plain(parse(text).root)
    if not isinstance(values, dict) or not values:
        return None
    values = copy.deepcopy(values)
    for _ in range(draw.choice((1, 1, 2, 4))):
        _change(draw, values, keys)
    return json.dumps(values, ensure_ascii=False, default=str)


def _change(draw: Random, values: dict[str, Any], keys: Sequence[str]) -> None:
    here: Any = values
    while True:
        places = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not places:
            return
        place = draw.choice(places)
        below = here[place]
        if isinstance(below, dict | list) and below and draw.random() < 0.7:
            here = below
            continue
        break
    kind = draw.random()
    if kind < 0.6:
        here[place] = copy.deepcopy(draw.choice(ODD_VALUES))
    elif kind < 0.7:
        del here[place]
    elif kind < 0.8:
        here[place] = draw.choice(([below], {str(place): below}, str(below)))
    elif isinstance(here, dict):
        key = draw.choice(keys)
        here[key] = below if kind < 0.9 else copy.deepcopy(draw.choice(ODD_VALUES))


def _cut(draw: Random, text: str, others: Sequence[str]) -> str:
    start = draw.randint(0, len(text))
    return text[:start] + text[start + draw.choice((1, 1, 2, 5, 20, 200)) :]


def _insert(draw: Random, text: str, others: Sequence[str]) -> str:
    start = draw.randint(0, len(text))
    return text[:start] + draw.choice(PIECES) + text[start:]


def _end(draw: Random, text: str, others: Sequence[str]) -> str:
    return text[: draw.randint(0, len(text))]


def _scalar(draw: Random, text: str, others: Sequence[str]) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}{colon} {draw.choice(ODD_SCALARS)}"
    return "\n".join(lines)


def _twice(draw: Random, text: str, others: Sequence[str]) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    return "\n".join([*lines[:at], *[lines[at]] * draw.choice((2, 2, 30)), *lines[at:]])


def _swap(draw: Random, text: str, others: Sequence[str]) -> str:
    lines = text.split("\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _indent(draw: Random, text: str, others: Sequence[str]) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    lines[at] = draw.choice((" ", "    ", "\t", "- ")) + lines[at]
    return "\n".join(lines)


def _splice(draw: Random, text: str, others: Sequence[str]) -> str:
    lines, more = text.split("\n"), draw.choice(others).split("\n")
    at, start = draw.randint(0, len(lines)), draw.randrange(len(more))
    return "\n".join([*lines[:at], *more[start : start + draw.choice((1, 3, 10))], *lines[at:]])


OF_TEXT: Sequence[Callable[[Random, str, Sequence[str]], str]] = (
    _cut,
    _insert,
    _end,
    _scalar,
    _scalar,
    _twice,
    _swap,
    _indent,
    _splice,
)


def damaged_file(draw: Random, files: Mapping[str, str], checked: str) -> str:
    """Which file of a workspace to damage: mostly the one that is checked."""
    return checked if draw.random() < 0.7 else draw.choice(sorted(files))
