"""Rules about the files that hold the data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from tunesmith.core.fact import Fact, Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.data_file import DataFile
from tunesmith.facts.names import TRAIN_FILE, TRAIN_ROWS, VALIDATION_FILE

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".parquet")
TEXT_SUFFIX = ".txt"
CLASSIFICATION = "text-classification"


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


@rule("TN107", Severity.ERROR, "{file} is an address; data is read from files on this machine")
def data_from_elsewhere(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A data file is named by an address with `://`.

    Why: a run fetches nothing: what is named is looked for in the folder of the recipe.
    Library: datasets, load_dataset: FileNotFoundError, Unable to find …; ImportError, HTTPFileSystem requires
    "requests" and "aiohttp" to be installed.
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


RULES = (
    data_file_missing,
    data_file_of_unknown_kind,
    data_without_rows,
    data_from_elsewhere,
)
