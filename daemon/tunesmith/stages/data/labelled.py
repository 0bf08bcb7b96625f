"""Read a text-classification data set: rows of text and label ids, split as the recipe says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from datasets import Dataset

from tunesmith.stages.data.config import Columns, DataConfig, Split
from tunesmith.stages.data.files import drawn, hold_back, read_table


@dataclass(frozen=True)
class LabelledText:
    """Rows with the columns `text` (str) and `labels` (index into `names`)."""

    train: Dataset
    validation: Dataset | None
    names: tuple[str, ...]


def load_labelled(config: DataConfig) -> LabelledText:
    """Read, split, name the labels. The labels are those of all rows, so that no split lacks one."""
    split = config.split or Split(validation=0.0)
    if config.validation:
        split = replace(split, validation=0.0)
    train = read(config.train, config.columns)
    validation = read(config.validation, config.columns) if config.validation else None
    names = label_names([*train["label"], *(validation["label"] if validation else [])])
    train, held_back = hold_back(drawn(train, config.max_rows, split.seed), split)
    evaluated = held_back if validation is None else validation
    return LabelledText(
        with_ids(train, names), None if evaluated is None else with_ids(evaluated, names), names
    )


def read(file: str, columns: Columns) -> Dataset:
    """The two columns of a file as `text` and `label`; rows that lack one are left out, and counted."""
    if columns.label is None:
        raise ValueError("data.columns.label is missing: text-classification learns the labels of a column")
    rows = read_table(file, {"text": columns.text, "label": columns.label})
    texts = [as_text(text) for text in rows["text"]]
    rows = Dataset.from_dict({"text": texts, "label": [as_label(label) for label in rows["label"]]})
    whole = rows.filter(
        lambda text, label: text is not None and label is not None, input_columns=["text", "label"]
    )
    if len(whole) < len(rows):
        print(f"{file}: {len(rows) - len(whole)} of {len(rows)} rows lack a text or a label and are left out")
    return whole


def as_text(value: Any) -> str | None:
    return None if value is None else str(value)


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


def with_ids(rows: Dataset, names: tuple[str, ...]) -> Dataset:
    """Label names become their ids."""
    ids = {name: index for index, name in enumerate(names)}
    return Dataset.from_dict({"text": rows["text"], "labels": [ids[label] for label in rows["label"]]})
