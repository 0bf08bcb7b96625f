"""Which lines of a data file are which row, counted as the readers of the libraries count."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.data_file import DELIMITERS

LINED = (".jsonl", ".ndjson", *DELIMITERS)
"""How the files end whose rows are lines."""


@dataclass(frozen=True)
class Record:
    """Lines from `first` to `last`, counted from 0."""

    row: int
    first: int
    last: int


def records(path: Path) -> Iterator[Record]:
    """The rows of a file, one after the other, as on the disk. Raises OSError and UnicodeDecodeError."""
    suffix = path.suffix.lower()
    with open(path, encoding="utf-8-sig", newline="" if suffix in DELIMITERS else None) as file:
        yield from _delimited(file, DELIMITERS[suffix]) if suffix in DELIMITERS else _lines(file)


def record_at(path: Path, line: int) -> Record | None:
    """The row that stands on a line; None for a heading or an empty line."""
    for one in records(path):
        if one.last >= line:
            return one if one.first <= line else None
    return None


def _lines(file: Iterable[str]) -> Iterator[Record]:
    full = (number for number, line in enumerate(file) if line.strip())
    for row, number in enumerate(full):
        yield Record(row, number, number)


def _delimited(file: Iterable[str], delimiter: str) -> Iterator[Record]:
    """The first line that is not empty is the heading; a quoted field may go over several lines."""
    reader = csv.reader(file, delimiter=delimiter)
    row, before = -1, 0
    for fields in reader:
        first, before = before, reader.line_num
        if not fields:
            continue
        if row >= 0:
            yield Record(row, first, reader.line_num - 1)
        row += 1
