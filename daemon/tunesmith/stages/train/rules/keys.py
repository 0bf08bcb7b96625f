"""Rules about the keys of `train:`, held against the transformers that is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Edit, Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.library import Library
from tunesmith.facts.names import DIALECT, TRAINING_ARGUMENTS
from tunesmith.facts.renames import renamed_from, renames
from tunesmith.stages.train.rules.axolotl import AXOLOTL
from tunesmith.stages.train.rules.installed import ERRORS, WARNINGS, bad_choices, free, misfits, unknown

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN201", Severity.ERROR, "{library} has no {key}{hint}", needs=(TRAINING_ARGUMENTS,))
def unknown_training_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `train` is not a field of the installed TrainingArguments.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments.__init__: TypeError, got an unexpected keyword argument.
    Flags:
        train: {learning_rat: 5.0e-5}
        ---
        train: {num_epochs: 3}
    Accepts:
        train: {learning_rate: 5.0e-5, num_train_epochs: 3}
        ---
        # said by other rules: renamed, or set by the run
        train: {evaluation_strategy: epoch, logging_dir: logs, output_dir: out}
        ---
        # launch llamafactory-cli train train.yaml
        # packages transformers 4.57.3
        stage: sft
        finetuning_type: lora
        learning_rate: 1.0e-4
        ---
        # launch axolotl train train.yaml
        # packages transformers 4.57.3
        base_model: m
        datasets: [{path: d.jsonl, type: alpaca}]
        micro_batch_size: 1
        num_epochs: 1
    """
    library, train = facts[TRAINING_ARGUMENTS], handed_over(recipe, facts)
    unwritten = free(train, library)
    for key in train:
        if key not in library.fields and not _gone(library, key):
            yield unknown(unknown_training_argument, "train", key, unwritten, library)


@rule("TN202", Severity.ERROR, "{key} is gone from {library}{instead}", needs=(TRAINING_ARGUMENTS,))
def renamed_training_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `train` belongs to another release of transformers than the one that is installed.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments.__init__: TypeError, got an unexpected keyword argument.
    Flags:
        train: {evaluation_strategy: epoch}
        ---
        train: {warmup_ratio: 0.1}
        ---
        train: {no_cuda: true}
        ---
        train: {group_by_length: true}
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.27.2
        model_name_or_path: m
        max_seq_length: 512
        ---
        # launch trl dpo --config train.yaml
        # packages transformers 4.57.3, trl 0.27.2
        model_name_or_path: m
        evaluation_strategy: epoch
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.46.3, trl 0.12.2
        model_name_or_path: m
        dtype: bfloat16
    Accepts:
        train: {eval_strategy: epoch, warmup_steps: 0.1, use_cpu: true}
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.27.2
        model_name_or_path: m
        max_length: 512
        dtype: bfloat16
        ---
        # launch axolotl train train.yaml
        # packages transformers 5.23.0
        base_model: m
        datasets: [{path: d.jsonl, type: alpaca}]
        micro_batch_size: 1
        warmup_ratio: 0.1
    """
    library, train = facts[TRAINING_ARGUMENTS], handed_over(recipe, facts)
    for key, value in train.items():
        if key in library.fields:
            continue
        if gone := _gone(library, key):
            to, instead = gone
            fixes = _moves(key, value, to, train)
            yield renamed_training_argument.at(
                "train", key, key=key, library=library.title, instead=instead, fixes=fixes
            )


@rule("TN205", Severity.ERROR, "{key} takes {wanted}, not {found}", needs=(TRAINING_ARGUMENTS,))
def wrong_type_of_training_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `train` has a type that the Trainer cannot use.

    Why: a text where a number belongs is not converted: it fails in the first comparison or in the optimizer.
    Library: transformers and torch: TypeError, e.g. '<=' not supported between instances of 'float' and
    'str'.
    Flags:
        train: {learning_rate: "5e-5"}
        ---
        train: {per_device_train_batch_size: [8]}
        ---
        train: {max_steps: ten}
    Accepts:
        train: {learning_rate: 5e-5, num_train_epochs: 1, seed: 7, report_to: [none], weight_decay: 0}
        ---
        train: {per_device_train_batch_size: 8.0, bf16: 1}
        ---
        # launch axolotl train train.yaml
        # packages transformers 4.57.3
        base_model: m
        datasets: [{path: d.jsonl, type: alpaca}]
        micro_batch_size: 1
        learning_rate: 2e-5
    """
    train = handed_over(recipe, facts)
    yield from misfits(wrong_type_of_training_argument, "train", train, facts[TRAINING_ARGUMENTS], ERRORS)


@rule("TN206", Severity.ERROR, "{value} is not a choice of {key}{hint}", needs=(TRAINING_ARGUMENTS,))
def bad_choice_of_training_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A word of `train` is not one of those that the installed TrainingArguments accepts.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments.__post_init__: ValueError, … is not a valid IntervalStrategy.
    Flags:
        train: {eval_strategy: epohc}
        ---
        train: {eval_strategy: false}
        ---
        train: {optim: adamw_torhc, save_strategy: never}
    Accepts:
        train: {eval_strategy: epoch, save_strategy: best, optim: adamw_torch, lr_scheduler_type: cosine}
        ---
        train: {eval_strategy: no}
    """
    train = handed_over(recipe, facts)
    yield from bad_choices(bad_choice_of_training_argument, "train", train, facts[TRAINING_ARGUMENTS])


@rule(
    "TN207", Severity.WARNING, "{key} takes {wanted}: {found} counts as {taken}", needs=(TRAINING_ARGUMENTS,)
)
def text_for_a_flag(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A text stands where `train` takes true or false.

    Why: every text counts as true, "no" and "false" too. YAML 1.2 reads yes, no, on and off as texts.
    Library: silent.
    Flags:
        train: {bf16: no}
        ---
        train: {load_best_model_at_end: "false"}
    Accepts:
        train: {bf16: false, load_best_model_at_end: true}
        ---
        # launch axolotl train train.yaml
        # packages transformers 4.57.3
        base_model: m
        datasets: [{path: d.jsonl, type: alpaca}]
        micro_batch_size: 1
        gradient_checkpointing: offload
    """
    train = handed_over(recipe, facts)
    yield from misfits(text_for_a_flag, "train", train, facts[TRAINING_ARGUMENTS], WARNINGS)


RULES = (
    unknown_training_argument,
    renamed_training_argument,
    wrong_type_of_training_argument,
    bad_choice_of_training_argument,
    text_for_a_flag,
)


def handed_over(recipe: Recipe, facts: Facts) -> Mapping[str, Any]:
    """What the library's class is given as it is written. Axolotl makes its arguments of settings that have
    names and types of their own: there a learning rate may be a text."""
    return {} if facts.get(DIALECT) == AXOLOTL else recipe.train


def _gone(library: Library, key: str) -> tuple[str | None, str] | None:
    """(the name to use, the end of the message) for a key that another release of the library has."""
    found = renames(library).get(key)
    if found and found.to in library.fields:
        return found.to, f"; it is {found.to} now"
    if found:
        return None, f"; {found.instead}" if found.instead else ""
    older = renamed_from(library, key)
    return (older, f"; there it is {older}") if older else None


def _moves(key: str, value: object, to: str | None, written: Mapping[str, Any]) -> tuple[Fix, ...]:
    path = ("train", key)
    remove = Fix(f"Remove {key}", (RemoveKey(path),), preferred=to is None or to in written)
    if to and to not in written:
        return (Fix(f"Change to {to}", (RenameKey(path, to),), preferred=True), remove)
    edits: tuple[Edit, ...]
    if key == "group_by_length" and value is True:
        edits = (RenameKey(path, "train_sampling_strategy"), SetValue(path, "group_by_length"))
        return (Fix("Change to train_sampling_strategy: group_by_length", edits, preferred=True), remove)
    if key == "adafactor" and value is True and "optim" not in written:
        edits = (RenameKey(path, "optim"), SetValue(path, "adafactor"))
        return (Fix("Change to optim: adafactor", edits, preferred=True), remove)
    return (remove,)
