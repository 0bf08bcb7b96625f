"""What stands in the columns of a data file: kinds of values, the values of labels, lengths of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

Row = Mapping[str, object]

MOST_VALUES = 1024
"""A column with more different values holds no labels."""
LONGEST_LABEL = 64
MOST_ROWS, MOST_CHARACTERS = 1000, 2_000_000
"""Of the rows that are kept as they are."""
MOST_DESCRIBED = 50_000
"""Rows; what comes later is counted, and not looked into."""
PIECES = re.compile(r"\w+")
"""Words: each is one token at least. Punctuation may go with a word."""


@dataclass
class Column:
    """`kinds` of its values, as JSON calls them. `values`: all different numbers and short texts, also those
    in lists; None when there are too many. `most_pieces`: at least as many tokens has its longest text;
    `pieces`: the same of the first texts."""

    kinds: set[str] = field(default_factory=set[str])
    values: set[int | float | str] | None = field(default_factory=set[int | float | str])
    most_pieces: int = 0
    pieces: list[int] = field(default_factory=list[int])
    nulls: int = 0

    def take(self, value: object) -> None:
        """One more value."""
        kind = kind_of(value)
        self.kinds.add(kind)
        if value is None:
            self.nulls += 1
        for one in cast("list[object]", value) if isinstance(value, list) else (value,):
            self._keep(one)
        if isinstance(value, str):
            few = len(self.pieces) < MOST_ROWS
            found = _pieces(value, 0 if few else self.most_pieces)
            self.most_pieces = max(self.most_pieces, found)
            if few:
                self.pieces.append(found)

    def _keep(self, one: object) -> None:
        if self.values is None or not isinstance(one, int | float | str):
            return
        if isinstance(one, str) and len(one) > LONGEST_LABEL:
            self.values = None
            return
        self.values.add(one)
        if len(self.values) > MOST_VALUES:
            self.values = None


@dataclass
class Contents:
    """`sample`: the first rows. `hashes`: of the rows. `empty`: how many hold nothing."""

    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    sample: list[Row] = field(default_factory=list[Row])
    hashes: set[int] = field(default_factory=set[int])
    rows: int = 0
    characters: int = 0
    empty: int = 0

    def take(self, row: Row) -> None:
        """One more row."""
        self.rows += 1
        if self.rows > MOST_DESCRIBED:
            return
        for name, value in row.items():
            self.columns.setdefault(name, Column()).take(value)
        if len(self.sample) < MOST_ROWS and self.characters < MOST_CHARACTERS:
            self.sample.append(row)
            self.characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if row and all(value is None or value in ("", [], {}) for value in row.values()):
            self.empty += 1
        self.hashes.add(hash(repr(sorted(row.items(), key=_name))))


def kind_of(value: object) -> str:
    """`null`, `flag`, `integer`, `float`, `text`, `list` or `object`."""
    kinds: tuple[tuple[type[Any], str], ...] = (
        (type(None), "null"),
        (bool, "flag"),
        (int, "integer"),
        (float, "float"),
        (str, "text"),
        (list, "list"),
    )
    return next((name for one, name in kinds if isinstance(value, one)), "object")


def _name(item: tuple[str, object]) -> str:
    return item[0]


def _pieces(text: str, known: int) -> int:
    """Nothing is counted in a text that is too short to have more than is known."""
    return sum(1 for _ in PIECES.finditer(text)) if len(text) > known else 0
