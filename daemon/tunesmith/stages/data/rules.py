"""Rules about the data that a recipe names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from tunesmith.core.fact import Fact, Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.data_file import DataFile
from tunesmith.facts.names import (
    TRAIN_COLUMNS,
    TRAIN_FILE,
    TRAIN_ROWS,
    VALIDATION_COLUMNS,
    VALIDATION_FILE,
)
from tunesmith.syntax.scalars import written

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".parquet")
TEXT_SUFFIX = ".txt"
CAUSAL_LM = "causal-lm"
CLASSIFICATION = "text-classification"
MOST_NAMED = 12
LABEL_NAMES = ("label", "labels", "class", "category", "sentiment", "target")


@rule("TN101", Severity.ERROR, "{file} has no column {column}{hint}", needs=(TRAIN_COLUMNS,))
def column_not_in_data(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A column that `data.columns` names is not in the data.

    Why: the data cannot be read, which shows only after the libraries have been loaded.
    Library: tunesmith, reading the data: ValueError, … has no column 'text'.
    Flags:
        # file d.csv: review,label
        data: {train: d.csv, columns: {text: text, label: label}}
        ---
        # file d.jsonl: {"a": 1, "b": 2}
        data: {train: d.jsonl, columns: {text: a, label: c}}
        ---
        # file d.csv: a,b
        # file v.csv: a,c
        data: {train: d.csv, validation: v.csv, columns: {text: a, label: b}}
    Accepts:
        # file d.csv: review,label
        data: {train: d.csv, columns: {text: review, label: label}}
        ---
        # file d.csv: title,story
        # a label is not read: another rule says so
        task: causal-lm
        data: {train: d.csv, columns: {text: story, label: nothing}}
        ---
        # file d.tsv: 评论,标签
        data: {train: d.tsv, columns: {text: 评论, label: 标签}}
        ---
        data: {train: missing.csv, columns: {text: a, label: b}}
    """
    data = recipe.data
    if data is None:
        return
    named = {"text": data.columns.text}
    if recipe.task != CAUSAL_LM and data.columns.label is not None:
        named["label"] = data.columns.label
    for meaning, column in named.items():
        path = ("data", "columns", meaning)
        columns = facts[TRAIN_COLUMNS]
        file = data.train
        if column in columns and data.validation is not None and VALIDATION_COLUMNS in facts:
            columns, file = facts[VALIDATION_COLUMNS], data.validation
        if column not in columns:
            fixes = _other_columns(path, column, columns, set(named.values()))
            hint = f"; it has {_listed(columns)}"
            yield column_not_in_data.at(*path, on="value", file=file, column=column, hint=hint, fixes=fixes)


@rule("TN102", Severity.ERROR, "There is no file {file}", needs=(TRAIN_FILE,))
def data_file_missing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data file does not exist. It is looked for from the folder of the recipe.

    Why: the data cannot be read, which shows only after the libraries have been loaded.
    Library: datasets, load_dataset: FileNotFoundError, Unable to find ….
    Flags:
        data: {train: nowhere.csv, columns: {text: a, label: b}}
        ---
        # file d.csv: a,b
        data: {train: d.csv, validation: nowhere.csv, columns: {text: a, label: b}}
    Accepts:
        # file data/d.csv: a,b
        data: {train: data/d.csv, columns: {text: a, label: b}}
        ---
        data: {train: "data/*.csv", columns: {text: a, label: b}}
    """
    files: tuple[tuple[str, Fact[DataFile]], ...] = (("train", TRAIN_FILE), ("validation", VALIDATION_FILE))
    for key, fact in files:
        found = facts.get(fact)
        if found is not None and not found.exists and recipe.data is not None:
            yield data_file_missing.at("data", key, on="value", file=getattr(recipe.data, key))


@rule("TN103", Severity.ERROR, "{file} cannot be read: its name ends in none of {suffixes}")
def data_file_of_unknown_kind(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data file has an ending that says nothing about its format.

    Why: the ending picks the reader.
    Library: tunesmith, reading the data: ValueError, … files that end in .csv, .tsv, … can be read.
    Flags:
        data: {train: d.xlsx, columns: {text: a, label: b}}
        ---
        task: text-classification
        data: {train: d.txt, columns: {text: a, label: b}}
    Accepts:
        data: {train: d.CSV, columns: {text: a, label: b}}
        ---
        task: causal-lm
        data: {train: d.txt}
    """
    if recipe.data is None:
        return
    readable = (*SUFFIXES, TEXT_SUFFIX) if recipe.task != CLASSIFICATION else SUFFIXES
    for key, file in (("train", recipe.data.train), ("validation", recipe.data.validation)):
        if file and PurePath(file).suffix.lower() not in readable:
            yield data_file_of_unknown_kind.at(
                "data", key, on="value", file=file, suffixes=", ".join(readable)
            )


@rule("TN104", Severity.ERROR, "{problem}")
def split_leaves_no_rows(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The shares that are held back are not shares, or leave nothing to train on.

    Why: the data cannot be split.
    Library: datasets, train_test_split: ValueError, test_size=… should be … a float in the (0, 1) range.
    Flags:
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 0.5, test: 0.5}}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 10}}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, split: {test: -0.1}}
    Accepts:
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 0.1, test: 0.1}}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 0.0}}
    """
    split = recipe.data.split if recipe.data else None
    if split is None:
        return
    shares = {"validation": split.validation, "test": split.test}
    wrong = {key: share for key, share in shares.items() if not 0 <= share < 1}
    for key, share in wrong.items():
        problem = f"{key} is a share of the rows from 0 up to 1, not {share:g}"
        yield split_leaves_no_rows.at("data", "split", key, on="value", problem=problem)
    if not wrong and split.validation + split.test >= 1:
        problem = f"validation {split.validation:g} and test {split.test:g} leave no rows to train on"
        yield split_leaves_no_rows.at("data", "split", problem=problem)


@rule("TN105", Severity.ERROR, "{file} holds no rows", needs=(TRAIN_ROWS,))
def data_without_rows(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training data has a header at most.

    Why: there is nothing to train on.
    Library: torch, RandomSampler: ValueError, num_samples should be a positive integer value, but got
    num_samples=0.
    Flags:
        # file d.csv: a,b
        data: {train: d.csv, columns: {text: a, label: b}}
    Accepts:
        # file d.csv: a,b | 3 rows
        data: {train: d.csv, columns: {text: a, label: b}}
    """
    if facts[TRAIN_ROWS] == 0 and recipe.data is not None:
        yield data_without_rows.at("data", "train", on="value", file=recipe.data.train)


@rule("TN106", Severity.ERROR, "{key} must be at least {least}, not {found}")
def nothing_asked_of_data(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """No rows are asked for, or texts of no tokens.

    Why: there is nothing to train on. A language model needs two tokens: one to see and one to guess.
    Library: datasets, train_test_split, or torch, RandomSampler: ValueError, … num_samples=0; tokenizers:
    OverflowError, out of range integral type conversion attempted.
    Flags:
        data: {train: d.csv, columns: {text: a, label: b}, max_rows: 0}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, max_rows: -5}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, max_length: -1}
        ---
        task: causal-lm
        data: {train: d.txt, max_length: 1}
    Accepts:
        data: {train: d.csv, columns: {text: a, label: b}, max_rows: 1, max_length: 1}
    """
    data = recipe.data
    if data is None:
        return
    shortest = 2 if recipe.task == CAUSAL_LM else 1
    for key, found, least in (("max_rows", data.max_rows, 1), ("max_length", data.max_length, shortest)):
        if found is not None and found < least:
            fix = Fix(f"Remove {key}", (RemoveKey(("data", key)),), preferred=True)
            yield nothing_asked_of_data.at(
                "data", key, on="value", key=key, found=found, least=least, fixes=(fix,)
            )


@rule("TN107", Severity.ERROR, "{file} is an address; data is read from files on this machine")
def data_from_elsewhere(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data file is named by an address with `://`.

    Why: a run fetches nothing: what is named is looked for in the folder of the recipe.
    Library: datasets, load_dataset: FileNotFoundError, Unable to find ….
    Flags:
        data: {train: "https://example.org/d.csv", columns: {text: a, label: b}}
        ---
        data: {train: "hf://datasets/org/name/d.csv", columns: {text: a, label: b}}
    Accepts:
        data: {train: data/d.csv, columns: {text: a, label: b}}
    """
    if recipe.data is None:
        return
    for key, file in (("train", recipe.data.train), ("validation", recipe.data.validation)):
        if file and "://" in file:
            yield data_from_elsewhere.at("data", key, on="value", file=file)


@rule("TN108", Severity.ERROR, "text-classification needs data.columns.label: the column with the labels")
def classification_without_label(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A classifier is to be trained, and no column is named that holds the labels.

    Why: there is nothing to learn.
    Library: tunesmith, reading the data: ValueError, data.columns.label is missing.
    Flags:
        task: text-classification
        data: {train: d.csv, columns: {text: a}}
        ---
        # file d.csv: review,sentiment
        task: text-classification
        data: {train: d.csv}
    Accepts:
        task: text-classification
        data: {train: d.csv, columns: {text: a, label: b}}
        ---
        task: causal-lm
        data: {train: d.csv, columns: {text: a}}
    """
    data = recipe.data
    if recipe.task != CLASSIFICATION or data is None or data.columns.label is not None:
        return
    there = facts.get(TRAIN_COLUMNS) or ()
    likely = [name for name in there if name.lower() in LABEL_NAMES and name != data.columns.text]
    path = ("data", "columns", "label")
    fixes = [Fix(f"Add label: {name}", (SetValue(path, written(name)),), True) for name in likely[:1]]
    yield classification_without_label.at("data", "train", fixes=tuple(fixes))


@rule("TN109", Severity.WARNING, "causal-lm learns from the text alone: the column {column} is not read")
def label_for_a_language_model(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A language model is to be trained, and a column with labels is named.

    Why: the labels have no part in the training.
    Library: silent.
    Flags:
        task: causal-lm
        data: {train: d.csv, columns: {text: a, label: b}}
    Accepts:
        task: causal-lm
        data: {train: d.csv, columns: {text: a}}
    """
    data = recipe.data
    if recipe.task == CAUSAL_LM and data is not None and data.columns.label is not None:
        fix = Fix("Remove label", (RemoveKey(("data", "columns", "label")),), preferred=True)
        yield label_for_a_language_model.at(
            "data", "columns", "label", column=data.columns.label, fixes=(fix,)
        )


RULES = (
    column_not_in_data,
    data_file_missing,
    data_file_of_unknown_kind,
    split_leaves_no_rows,
    data_without_rows,
    nothing_asked_of_data,
    data_from_elsewhere,
    classification_without_label,
    label_for_a_language_model,
)


def _other_columns(
    path: tuple[str, ...], column: str, columns: Sequence[str], taken: set[str]
) -> tuple[Fix, ...]:
    """The nearest column first, then the others that nothing uses yet."""
    near = nearest(column, columns)
    free = [name for name in columns if name and name != near and name not in taken]
    names = ([near] if near else []) + free[:4]
    return tuple(
        Fix(f"Change to {name}", (SetValue(path, written(name)),), preferred=name == near) for name in names
    )


def _listed(columns: Sequence[str]) -> str:
    names = list(columns[:MOST_NAMED])
    more = len(columns) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "") if names else "none"
