"""The rule about the columns that the trainers of TRL take of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_ARGUMENTS, SCRIPT_USE, TRAIN_COLUMNS, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.facts.script_rows import RESHAPING
from tunesmith.stages.script.expressions import argument

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

TRAINERS = {
    "SFTConfig": "SFTTrainer",
    "DPOConfig": "DPOTrainer",
    "KTOConfig": "KTOTrainer",
    "GRPOConfig": "GRPOTrainer",
    "RewardConfig": "RewardTrainer",
}
CONVERSATIONS = ("messages", "conversations", "input_ids")


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
    key = "dataset_text_field"
    made = use.made.get("SFTConfig", {}) if use else {}
    text = (use.given.get(key) or made.get(key)) if use else None
    written = recipe.train.get("dataset_text_field", recipe.args.get("dataset_text_field"))
    field = argument(text, recipe, facts.get(SCRIPT_ARGUMENTS)) if text else written
    if text and field is None:
        return ()
    field = field if isinstance(field, str) else "text"
    pairs = {"prompt", "completion"} <= columns
    return () if field in columns or pairs or columns & set(CONVERSATIONS) else (field,)


RULES = (trainer_takes_other_columns,)
