"""Rules about the columns of the data, and what each task learns from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import TRAIN_COLUMNS, VALIDATION_COLUMNS
from tunesmith.syntax.scalars import written

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

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
    yield classification_without_label.at("data", "train", about=path, fixes=tuple(fixes))


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
