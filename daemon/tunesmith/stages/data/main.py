"""Read a text-classification data set: rows of text and label ids, split as the recipe says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datasets import Dataset, load_dataset

from tunesmith.stages.data.config import Columns, DataConfig, Split

# Only an empty field is a missing one: a review may well say "None".
EMPTY_ALONE = {"keep_default_na": False, "na_values": [""]}
READERS = {
    ".csv": ("csv", EMPTY_ALONE),
    ".tsv": ("csv", {**EMPTY_ALONE, "sep": "\t"}),
    ".json": ("json", {}),
    ".jsonl": ("json", {}),
    ".parquet": ("parquet", {}),
}


@dataclass(frozen=True)
class LabelledText:
    """Rows with the columns `text` (str) and `labels` (index into `names`)."""

    train: Dataset
    validation: Dataset | None
    names: tuple[str, ...]


def load(config: DataConfig) -> LabelledText:
    """Read, split, name the labels. The labels are those of all rows, so that no split lacks one."""
    split = config.split or Split(validation=0.0)
    if config.validation:
        split = replace(split, validation=0.0)
    train = read(config.train, config.columns)
    validation = read(config.validation, config.columns) if config.validation else None
    names = label_names([*train["label"], *(validation["label"] if validation else [])])
    if config.max_rows is not None and config.max_rows < len(train):
        train = train.shuffle(seed=split.seed).select(range(config.max_rows))
    train, held_back = hold_back(train, split)
    evaluated = held_back if validation is None else validation
    return LabelledText(
        with_ids(train, names), None if evaluated is None else with_ids(evaluated, names), names
    )


def read(file: str, columns: Columns) -> Dataset:
    """The two columns of a file as `text` and `label`; rows that lack one are left out, and counted."""
    suffix = Path(file).suffix.lower()
    if suffix not in READERS:
        raise ValueError(
            f"{file}: files that end in {', '.join(READERS)} can be read, not {suffix or 'this one'}"
        )
    reader, options = READERS[suffix]
    rows = load_dataset(reader, data_files=file, split="train", **options)
    for meaning, column in (("text", columns.text), ("label", columns.label)):
        if column not in rows.column_names:
            there = ", ".join(rows.column_names)
            raise ValueError(f"{file} has no column {column!r} (data.columns.{meaning}). It has: {there}")
    texts = [None if text is None else str(text) for text in rows[columns.text]]
    rows = Dataset.from_dict({"text": texts, "label": [as_label(label) for label in rows[columns.label]]})
    whole = rows.filter(
        lambda text, label: text is not None and label is not None, input_columns=["text", "label"]
    )
    if len(whole) < len(rows):
        print(f"{file}: {len(rows) - len(whole)} of {len(rows)} rows lack a text or a label and are left out")
    return whole


def as_label(value: Any) -> str | None:
    """The label's name: whole numbers as `1`, also when the file's reader made them floats."""
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, (bool, int, float)) and value == int(value) else str(value)


def label_names(labels: list[str]) -> tuple[str, ...]:
    """Each label once; numbers in the order of numbers, names in that of the alphabet."""
    names = set(labels)
    if all(name.lstrip("-").isdigit() for name in names):
        return tuple(sorted(names, key=int))
    return tuple(sorted(names))


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


def with_ids(rows: Dataset, names: tuple[str, ...]) -> Dataset:
    """Label names become their ids."""
    ids = {name: index for index, name in enumerate(names)}
    return Dataset.from_dict({"text": rows["text"], "labels": [ids[label] for label in rows["label"]]})
