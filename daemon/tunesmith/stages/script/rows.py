"""Rules about the columns that scripts and trainers take of the data, and about labels that nobody makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import (
    SCRIPT_ARGUMENTS,
    SCRIPT_USE,
    TRAIN_COLUMNS,
    TRAINING_ARGUMENTS,
    VALIDATION_COLUMNS,
    VERSIONS,
)
from tunesmith.facts.release import before
from tunesmith.facts.script_rows import RESHAPING
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
TRAINERS = {
    "SFTConfig": "SFTTrainer",
    "DPOConfig": "DPOTrainer",
    "KTOConfig": "KTOTrainer",
    "GRPOConfig": "GRPOTrainer",
    "RewardConfig": "RewardTrainer",
}
CONVERSATIONS = ("messages", "conversations", "input_ids")
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
    "TN250",
    Severity.ERROR,
    "{trainer} takes {missing}, and {file} has {columns}",
    needs=(TRAIN_COLUMNS, VERSIONS),
)
def trainer_takes_other_columns(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The data lacks columns that the trainer of TRL takes.

    Why: the trainer prepares the data before it trains, after the model is loaded.
    Library: trl: KeyError, with the name of the column; SFTTrainer before 0.13: ValueError, You passed
    packing=False to the SFTTrainer, but you didn't pass a dataset_text_field or formatting_func argument.
    Flags:
        # launch trl dpo --config train.yaml
        # packages transformers 4.46.3, trl 0.12.2
        # file d/train.jsonl: {"question": "a", "better": "b", "worse": "c"}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"instruction": "a", "output": "b"}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl grpo --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"question": "a", "answer": "b"}
        model_name_or_path: m
        dataset_name: d
    Accepts:
        # launch trl dpo --config train.yaml
        # packages transformers 4.46.3, trl 0.12.2
        # file d/train.jsonl: {"chosen": "b", "rejected": "c"}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"prompt": "a", "completion": "b"}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file d/train.jsonl: {"content": "a"}
        model_name_or_path: m
        dataset_name: d
        dataset_text_field: content
    """
    use, library, columns = facts.get(SCRIPT_USE), facts.get(TRAINING_ARGUMENTS), facts[TRAIN_COLUMNS]
    if use is not None:
        reshaped = use.calls & RESHAPING or "formatting_func" in use.given or use.overrides
        trainer = use.trainer if use.as_loaded and not reshaped and len(use.loaded) == 1 else None
    else:
        named = recipe.script is None and library is not None and library.package == "trl"
        trainer = TRAINERS.get(library.name) if named and library else None
    if trainer is None or not columns or recipe.data is None:
        return
    missing = _missing(trainer, set(columns), recipe, facts)
    if missing:
        yield trainer_takes_other_columns.at(
            "data",
            "train",
            on="value",
            trainer=trainer,
            missing=" and ".join(missing),
            file=recipe.data.train,
            columns=", ".join(columns),
        )


def _missing(trainer: str, columns: set[str], recipe: Recipe, facts: Facts) -> Sequence[str]:
    """The columns that a trainer lacks; () when it lacks none, or that is not known."""
    versions = facts[VERSIONS]
    if trainer == "SFTTrainer":
        return _missing_for_text(columns, recipe, facts)
    pairs = {"chosen", "rejected"} <= columns
    if trainer in ("DPOTrainer", "ORPOTrainer", "CPOTrainer"):
        needed = (
            ("prompt", "chosen", "rejected") if before(versions, "trl", (0, 12)) else ("chosen", "rejected")
        )
    elif trainer == "RewardTrainer":
        early = before(versions, "trl", (0, 12))
        needed = () if early is not False or "input_ids_chosen" in columns else ("chosen", "rejected")
    elif trainer == "KTOTrainer":
        needed = () if pairs else ("prompt", "completion", "label")
    else:
        needed = ("prompt",) if trainer == "GRPOTrainer" else ()
    return [name for name in needed if name not in columns]


def _missing_for_text(columns: set[str], recipe: Recipe, facts: Facts) -> Sequence[str]:
    use = facts.get(SCRIPT_USE)
    config = {**use.made.get("SFTConfig", {}), **use.given} if use else {}
    text = config.get("dataset_text_field")
    written = recipe.train.get("dataset_text_field", recipe.args.get("dataset_text_field"))
    field = argument(text, recipe, facts.get(SCRIPT_ARGUMENTS)) if text else written
    if text and field is None:
        return ()
    field = field if isinstance(field, str) else "text"
    pairs = {"prompt", "completion"} <= columns
    return () if field in columns or pairs or columns & set(CONVERSATIONS) else (field,)


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


RULES = (script_reads_no_such_column, trainer_takes_other_columns, nobody_makes_labels)
