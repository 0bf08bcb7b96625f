"""Data files of every kind as rows, and which of the rows train."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from datasets import Dataset, load_dataset

from tunesmith.stages.data.config import Split

# Only an empty field is a missing one: a review may well say "None".
EMPTY_ALONE = {"keep_default_na": False, "na_values": [""]}
READERS = {
    ".csv": ("csv", EMPTY_ALONE),
    ".tsv": ("csv", {**EMPTY_ALONE, "sep": "\t"}),
    ".json": ("json", {}),
    ".jsonl": ("json", {}),
    ".parquet": ("parquet", {}),
}


def read_table(file: str, columns: Mapping[str, str]) -> Dataset:
    """The columns of a file that mean something, by what they mean. ValueError for one that is not there."""
    suffix = Path(file).suffix.lower()
    if suffix not in READERS:
        raise ValueError(
            f"{file}: files that end in {', '.join(READERS)} can be read, not {suffix or 'this one'}"
        )
    reader, options = READERS[suffix]
    rows = load_dataset(reader, data_files=file, split="train", **options)
    for meaning, column in columns.items():
        if column not in rows.column_names:
            there = ", ".join(rows.column_names)
            raise ValueError(f"{file} has no column {column!r} (data.columns.{meaning}). It has: {there}")
    return Dataset.from_dict({meaning: rows[column] for meaning, column in columns.items()})


def drawn(rows: Dataset, most: int | None, seed: int) -> Dataset:
    """At most so many rows."""
    if most is None or most >= len(rows):
        return rows
    return rows.shuffle(seed=seed).select(range(most))


def hold_back(rows: Dataset, split: Split) -> tuple[Dataset, Dataset | None]:
    """What trains, and what evaluates while it trains. The test share is held out of both."""
    rest = rows
    if split.test:
        rest = rest.train_test_split(test_size=split.test, seed=split.seed)["train"]
    if not split.validation:
        return rest, None
    share = split.validation / (1.0 - split.test)
    parts = rest.train_test_split(test_size=share, seed=split.seed)
    return parts["train"], parts["test"]
