"""Rules about rows that training and evaluation share, rows without anything in them, and texts that are
cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import TRAIN_FILE, VALIDATION_FILE

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

CUT = 0.25
"""From this share on it is said that texts are cut."""


@rule(
    "TN110",
    Severity.WARNING,
    "{shared} of {rows} rows to evaluate on are in the training data, too: the evaluation flatters",
    needs=(TRAIN_FILE, VALIDATION_FILE),
)
def evaluated_on_what_was_learnt(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training data holds rows that are evaluated on.

    Why: a model may know these rows by heart; how well it does on new ones is not seen.
    Library: silent.
    Flags:
        # file d.csv: text,label | 4 rows
        data: {train: d.csv, validation: d.csv, columns: {text: text, label: label}}
    Accepts:
        # file d.csv: text,label | 4 rows
        # file v.csv: word,label | 4 rows
        data: {train: d.csv, validation: v.csv, columns: {text: text, label: label}}
    """
    train, validation = facts[TRAIN_FILE], facts[VALIDATION_FILE]
    if train.contents is None or validation.contents is None or not validation.contents.hashes:
        return
    hashes = validation.contents.hashes
    shared = len(hashes & train.contents.hashes)
    # A label of few texts may well come twice by chance.
    if shared and (shared * 10 >= len(hashes) or train.path == validation.path):
        yield evaluated_on_what_was_learnt.at(
            "data", "validation", on="value", shared=shared, rows=len(hashes)
        )


@rule("TN111", Severity.WARNING, "{empty} of {rows} rows hold nothing at all", needs=(TRAIN_FILE,))
def rows_hold_nothing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training data has rows whose values are all empty.

    Why: they teach the end of a text alone, or end the run where a text is expected.
    Library: silent.
    Flags:
        # file d.jsonl: {"text": ""}
        data: {train: d.jsonl, columns: {text: text, label: text}}
    Accepts:
        # file d.jsonl: {"text": "a"}
        data: {train: d.jsonl, columns: {text: text, label: text}}
    """
    contents = facts[TRAIN_FILE].contents
    if contents is not None and contents.empty:
        yield rows_hold_nothing.at("data", "train", on="value", empty=contents.empty, rows=contents.rows)


@rule(
    "TN112",
    Severity.WARNING,
    "At least {share:.0%} of the texts have more than {length} words, and are cut at {length} tokens",
    needs=(TRAIN_FILE,),
)
def many_texts_are_cut(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Many texts are longer than what is kept of them.

    Why: the end of a text is lost, and with it often all that should be learnt, the answer. A word is one
    token
    at least; with packing nothing is lost.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"text": "one two three four"}
        model_name_or_path: m
        dataset_name: d/train.jsonl
        max_seq_length: 2
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"text": "one two three four"}
        model_name_or_path: m
        dataset_name: d/train.jsonl
        max_seq_length: 4
    """
    contents, data = facts[TRAIN_FILE].contents, recipe.data
    if contents is None or data is None or data.max_length is None:
        return
    written = {**recipe.args, **recipe.train}
    name = written.get("dataset_text_field") or data.columns.text
    column = contents.columns.get(name) if isinstance(name, str) else None
    # Blocks of a given length lose nothing.
    if column is None or not column.pieces or written.get("packing") is True or "block_size" in written:
        return
    share = sum(pieces > data.max_length for pieces in column.pieces) / len(column.pieces)
    if share >= CUT:
        yield many_texts_are_cut.at("data", "max_length", on="value", share=share, length=data.max_length)


RULES = (evaluated_on_what_was_learnt, rows_hold_nothing, many_texts_are_cut)
