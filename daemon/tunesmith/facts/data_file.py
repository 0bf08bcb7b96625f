"""What a data file holds: columns and rows, where that can be read in a bounded time without pandas."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from tunesmith.facts.data_columns import Contents
from tunesmith.facts.json_file import read_object

# A file that is larger is not read to its end: columns from its head, rows unknown.
LARGEST = 64 * 1024 * 1024
LONGEST_HEAD = 1024 * 1024
ABOUT = "dataset_info.json"
DATA_SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".parquet")
DELIMITERS = {".csv": ",", ".tsv": "\t"}
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")

VALUE = re.compile(r"\S")

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Broken:
    """Where a file stops being what its ending says: no JSON, or a row of too many fields."""

    path: Path
    line: int
    why: str


@dataclass(frozen=True)
class DataFile:
    """`columns` and `rows` are None when they are not known.

    `problem` says why a file that is there is unreadable; `broken` that no reader of its kind can read it.
    """

    path: Path
    exists: bool
    columns: tuple[str, ...] | None = None
    rows: int | None = None
    problem: str | None = None
    broken: Broken | None = None
    contents: Contents | None = field(default=None, compare=False)
    """What stands in its rows; None when that is not known."""


def read_data_file(path: Path) -> DataFile:
    """Look at one file. Never raises: what cannot be read stays unknown."""
    found = _look(path)
    counted = None if found.rows is None or path.is_dir() else _counted(path.parent, path.stem)
    return found if counted is None else replace(found, rows=counted)


def _look(path: Path) -> DataFile:
    try:
        about = path.stat()
        whole = about.st_size <= LARGEST
        suffix = path.suffix.lower()
        if stat.S_ISDIR(about.st_mode):
            return _folder(path)
        # Reading a pipe would wait forever.
        if not stat.S_ISREG(about.st_mode):
            return DataFile(path, exists=True)
        if suffix in DELIMITERS:
            return _delimited(path, DELIMITERS[suffix], whole)
        if suffix in JSON_SUFFIXES:
            return _json(path, strict=suffix != ".json") if whole else DataFile(path, exists=True)
        if suffix == ".txt":
            return _text(path) if whole else DataFile(path, exists=True)
    except (FileNotFoundError, NotADirectoryError):
        return DataFile(path, exists=False)
    except json.JSONDecodeError as error:
        broken = Broken(path, error.lineno, error.msg)
        return DataFile(path, exists=True, problem=str(error), broken=broken)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        return DataFile(path, exists=True, problem=str(error))
    return DataFile(path, exists=True)


def _delimited(path: Path, delimiter: str, whole: bool) -> DataFile:
    with open(path, encoding="utf-8-sig", newline="") as file:
        # A large file may be one line.
        head = "" if whole else file.read(LONGEST_HEAD)
        if not whole and "\n" not in head:
            return DataFile(path, exists=True)
        reader = csv.reader(file if whole else io.StringIO(head, newline=""), delimiter=delimiter)
        filled = (row for row in reader if row and not (len(row) == 1 and row[0].isspace()))
        header = next(filled, None)
        if header is None:
            return DataFile(path, exists=True, columns=(), rows=0)
        names = _as_pandas_names(header)
        contents = Contents()
        widest = len(names)
        for row in filled if whole else ():
            if contents.rows and len(row) > widest:
                why = f"{len(row)} fields, and {widest} before"
                return DataFile(path, True, names, broken=Broken(path, reader.line_num, why))
            widest = max(widest, len(row))
            contents.take(dict(zip(names, map(_cell, row), strict=False)))
    rows = contents.rows if whole else None
    return DataFile(path, True, names, rows, contents=contents if whole else None)


def _cell(text: str) -> object:
    """As pandas reads one cell: a number where it looks like one, nothing where it is empty."""
    if not text:
        return None
    for number in (int, float):
        try:
            return number(text) if text[0] in "-+.0123456789" else text
        except ValueError:
            continue
    return text


def _folder(path: Path) -> DataFile:
    """A data set's folder: of its training file, as `load_dataset` names it. The rows are those that its
    dataset_info.json counts, where it does."""
    files = _training_files(path)
    if len(files) != 1:
        return DataFile(path, exists=True)
    found = read_data_file(files[0])
    return replace(found, path=path)


def _training_files(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if one.stem == "train" and one.suffix in DATA_SUFFIXES)


def _counted(folder: Path, split: str) -> int | None:
    """The rows of a split that a dataset_info.json counts."""
    splits = _mapping(read_object(folder / ABOUT, LARGEST).get("splits"))
    about = _mapping(splits.get(split))
    counted = about.get("num_examples", about.get("num_rows"))
    return counted if isinstance(counted, int) else None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(path: Path) -> DataFile:
    """One document; its rows are its lines."""
    with open(path, encoding="utf-8-sig") as file:
        return DataFile(path, exists=True, rows=sum(1 for _ in file))


def _as_pandas_names(header: Sequence[str]) -> tuple[str, ...]:
    """The names that the columns have once the file is read: pandas numbers nameless ones and repeats."""
    names: list[str] = []
    for index, written in enumerate(header):
        name = first = written or f"Unnamed: {index}"
        repeat = 0
        while name in names or (repeat and name in header):
            repeat += 1
            name = f"{first}.{repeat}"
        names.append(name)
    return tuple(names)


def _json(path: Path, strict: bool) -> DataFile:
    """A list of rows, or a row a line. `strict`: texts may hold no control characters. Rows that go over
    several lines are read by nobody but pyarrow, and nothing is known of them."""
    decoder = json.JSONDecoder(strict=strict)
    with open(path, encoding="utf-8-sig") as file:
        first = next((line for line in file if line.strip()), "")
        file.seek(0)
        if first.lstrip().startswith("["):
            return _records(path, iter(decoder.decode(file.read())))
        try:
            return _records(path, (decoder.decode(line) for line in file if line.strip()))
        except json.JSONDecodeError:
            file.seek(0)
            _read_through(file.read(), decoder)
    return DataFile(path, exists=True)


def _read_through(text: str, decoder: json.JSONDecoder) -> None:
    """Values one after the other, as pyarrow takes them. Raises JSONDecodeError with the line in `text`."""
    at = 0
    while found := VALUE.search(text, at):
        _, at = decoder.raw_decode(text, found.start())


def _records(path: Path, records: Iterator[object]) -> DataFile:
    """Columns are the keys of all records: one may begin in the middle of a file."""
    columns: dict[str, None] = {}
    contents = Contents()
    for record in records:
        if not isinstance(record, dict):
            return DataFile(path, exists=True, problem=f"record {contents.rows + 1} is not an object")
        row = {str(key): value for key, value in cast("dict[str, object]", record).items()}
        columns |= dict.fromkeys(row)
        contents.take(row)
    return DataFile(path, True, tuple(columns), contents.rows, contents=contents)


def data_fingerprint(path: Path) -> str:
    """Changes when the file does, or what else is read for it."""
    return " ".join(_mark(place) for place in (path, *_read_for(path)))


def _read_for(path: Path) -> list[Path]:
    try:
        inside = _training_files(path) if path.is_dir() else []
    except OSError:
        inside = []
    return [*inside, (path if inside else path.parent) / ABOUT]


def _mark(path: Path) -> str:
    try:
        about = path.stat()
    except OSError as error:
        return type(error).__name__
    return f"{about.st_mtime_ns} {about.st_size}"
