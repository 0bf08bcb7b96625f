"""Rules about how much of the data is used, and for what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, Severity
from tunesmith.core.rule import rule

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

CAUSAL_LM = "causal-lm"


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


RULES = (
    split_leaves_no_rows,
    nothing_asked_of_data,
)
