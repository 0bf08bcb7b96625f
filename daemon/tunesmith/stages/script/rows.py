"""Rules about the columns that scripts take of the data, and about labels that nobody makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import (
    SCRIPT_ARGUMENTS,
    SCRIPT_USE,
    TRAIN_COLUMNS,
    VALIDATION_COLUMNS,
    VERSIONS,
)
from tunesmith.facts.release import before
from tunesmith.stages.script.expressions import argument

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ENCODED = frozenset(
    (
        "attention_mask",
        "input_ids",
        "label",
        "labels",
        "length",
        "offset_mapping",
        "overflow_to_sample_mapping",
        "special_tokens_mask",
        "token_type_ids",
    )
)
"""What a tokenizer makes columns of."""
LABELS = frozenset(("label", "labels", "label_ids", "start_positions", "lm_labels"))
PLAIN_COLLATORS = frozenset(
    ("DataCollatorForSeq2Seq", "DataCollatorWithPadding", "DefaultDataCollator", "default_data_collator")
)
"""Collators that hand labels on, and make none."""
LANGUAGE = ("ForCausalLM", "ForMaskedLM", "ForSeq2SeqLM", "ForConditionalGeneration", "LMHeadModel")
MAKERS = frozenset(("train_on_responses_only", "as_target_tokenizer", "apply_chat_template", "compute_loss"))
"""Calls of a script that may make labels."""


@rule(
    "TN249",
    Severity.ERROR,
    "{script} reads the column {column} of each row, and {file} has none of that name: {columns}",
    needs=(SCRIPT_USE, TRAIN_COLUMNS),
)
def script_reads_no_such_column(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A function of the script takes a column of the rows that the data does not have.

    Why: the first row ends the run.
    Library: datasets: KeyError, with the name of the column.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"content": "a"}
        # script load_dataset("json", data_files=args.train_file).map(lambda row: tokenizer(row["text"]))
        # script Trainer(m)
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a"}
        # script load_dataset("json", data_files=args.train_file).map(lambda row: tokenizer(row["text"]))
        # script Trainer(m)
        train_file: d.jsonl
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # file d.jsonl: {"content": "a"}
        # script d = load_dataset("json", data_files=args.train_file).rename_column("content", "text")
        # script d.map(lambda row: tokenizer(row["text"])); Trainer(m)
        train_file: d.jsonl
        num_train_epochs: 1
    """
    use, columns = facts[SCRIPT_USE], facts[TRAIN_COLUMNS]
    loads = [call for call in use.loaded if "field" not in call and "name" not in call]
    if len(use.loaded) != 1 or not loads or use.trainer is None or recipe.data is None:
        return
    known = {*columns, *(facts.get(VALIDATION_COLUMNS) or ()), *use.columns_made, *ENCODED}
    for text in sorted(use.columns_read):
        column = argument(text, recipe, facts.get(SCRIPT_ARGUMENTS))
        if isinstance(column, str) and column not in known:
            yield script_reads_no_such_column.at(
                "data",
                "train",
                on="value",
                script=recipe.script,
                column=column,
                file=recipe.data.train,
                columns=", ".join(columns),
            )


@rule(
    "TN254",
    Severity.ERROR,
    "Nothing makes labels: {collator} hands them on, and neither the data nor the script has any",
    needs=(SCRIPT_USE, TRAIN_COLUMNS),
)
def nobody_makes_labels(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A language model is trained, and its batches hold no labels.

    Why: without labels a model of transformers computes no loss.
    Library: transformers, Trainer: ValueError, The model did not return a loss from the inputs, only the
    following keys: logits.
    Flags:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a"}
        # script m = AutoModelForCausalLM.from_pretrained("gpt2"); d.map(lambda row: tokenizer(row["text"]))
        # script Trainer(m, data_collator=DataCollatorWithPadding(tokenizer))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a"}
        # script m = AutoModelForCausalLM.from_pretrained("gpt2"); d.map(lambda row: tokenizer(row["text"]))
        # script Trainer(m, data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False))
        train_file: d.jsonl
        num_train_epochs: 1
    """
    use = facts[SCRIPT_USE]
    has_labels = (set(facts[TRAIN_COLUMNS]) | use.columns_made) & LABELS
    targets = any({"text_target", "text_pair_target"} & call.keys() for call in use.encodings)
    if has_labels or targets or MAKERS & (use.calls | use.overrides) or "compute_loss_func" in use.given:
        return
    collators = {
        name for name in use.calls | use.names if "Collator" in name or name == "default_data_collator"
    }
    by_trl = use.trainer == "SFTTrainer" and before(facts.get(VERSIONS) or {}, "trl", (0, 20)) is True
    by_hand = use.trainer in ("Trainer", "Seq2SeqTrainer") and (use.model_class or "").endswith(LANGUAGE)
    used = collators & PLAIN_COLLATORS
    if (by_trl or by_hand) and "data_collator" in use.given and collators == used and len(used) == 1:
        yield nobody_makes_labels.at("data", "train", collator=next(iter(used)))


RULES = (script_reads_no_such_column, nobody_makes_labels)
