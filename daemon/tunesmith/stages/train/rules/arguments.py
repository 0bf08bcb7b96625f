"""Rules about the steps of a training, and about what every run sets itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import TOTAL_STEPS, TRAINING_ARGUMENTS
from tunesmith.stages.train.config import RUN_OWNS
from tunesmith.stages.train.rules.written import number, word

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule(
    "TN203",
    Severity.WARNING,
    "The warm-up takes {warmup} steps and the whole training {total}: the learning rate is never reached",
    needs=(TOTAL_STEPS,),
)
def warmup_outlasts_training(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The warm-up takes at least as many steps as the whole training.

    Why: the learning rate climbs to the end and never has the value that was asked for.
    Library: silent.
    Flags:
        # file d.csv: text,label | 80 rows
        data: {train: d.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 30, num_train_epochs: 3, per_device_train_batch_size: 8}
        ---
        train: {warmup_steps: 100, max_steps: 100}
    Accepts:
        # file d.csv: text,label | 80 rows
        data: {train: d.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 29, num_train_epochs: 3, per_device_train_batch_size: 8}
        ---
        # a share of the steps
        train: {warmup_steps: 0.1, max_steps: 100}
        ---
        # nobody knows how many rows there are
        data: {train: missing.csv, columns: {text: text, label: label}}
        train: {warmup_steps: 100000}
    """
    warmup = number(recipe.train.get("warmup_steps"))
    total = facts[TOTAL_STEPS]
    if warmup is not None and warmup >= 1 and int(warmup) >= total:
        tenth = str(max(total // 10, 1))
        fix = Fix(f"Warm up for {tenth} steps", (SetValue(("train", "warmup_steps"), tenth),), preferred=True)
        yield warmup_outlasts_training.at(
            "train", "warmup_steps", on="value", warmup=int(warmup), total=total, fixes=(fix,)
        )


@rule("TN204", Severity.WARNING, "{key} is set by the run: {why}")
def run_owns_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `train` is set by every run itself, so that what stands in the recipe has no effect.

    Why: checkpoints and metrics of a run stand in the folder of the run, where nothing overwrites them.
    Library: silent.
    Flags:
        train: {output_dir: out}
        ---
        train: {report_to: wandb}
    Accepts:
        train: {run_name: first}
    """
    for key, why in RUN_OWNS.items():
        library = facts.get(TRAINING_ARGUMENTS)
        if key in recipe.train and (library is None or key in library.fields):
            fix = Fix(f"Remove {key}", (RemoveKey(("train", key)),), preferred=True)
            yield run_owns_key.at("train", key, key=key, why=why, fixes=(fix,))


@rule("TN217", Severity.ERROR, "{key} must be more than 0", needs=(TRAINING_ARGUMENTS,))
def steps_of_nothing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Something is to be done every zero steps, or before the first one.

    Why: the Trainer is not even built.
    Library: transformers, TrainingArguments: ValueError, logging strategy steps requires non-zero
    --logging_steps; Got warmup_steps = -1, Expected value warmup_steps >= 0.
    Flags:
        train: {logging_steps: 0}
        ---
        train: {warmup_steps: -1}
    Accepts:
        train: {logging_steps: 0, logging_strategy: epoch, warmup_steps: 0}
    """
    train = recipe.train
    every = number(train.get("logging_steps"))
    if every == 0 and word(train, facts[TRAINING_ARGUMENTS], "logging_strategy") == "steps":
        fix = Fix("Log every 10 steps", (SetValue(("train", "logging_steps"), "10"),), preferred=True)
        yield steps_of_nothing.at("train", "logging_steps", on="value", key="logging_steps", fixes=(fix,))
    warmup = number(train.get("warmup_steps"))
    if warmup is not None and warmup < 0:
        fix = Fix("Remove warmup_steps", (RemoveKey(("train", "warmup_steps")),), preferred=True)
        yield steps_of_nothing.at("train", "warmup_steps", on="value", key="warmup_steps", fixes=(fix,))


@rule("TN276", Severity.ERROR, "{key} must be more than 0")
def batches_of_nothing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A step is to be made of no batches, or a batch of no rows.

    Why: the model is loaded, then training ends before its first step.
    Library: transformers, Trainer: ZeroDivisionError, integer division or modulo by zero; torch: ValueError,
    batch_size should be a positive integer value.
    Flags:
        train: {gradient_accumulation_steps: 0}
        ---
        train: {per_device_train_batch_size: 0}
    Accepts:
        train: {gradient_accumulation_steps: 1, per_device_train_batch_size: 1}
    """
    for key in ("gradient_accumulation_steps", "per_device_train_batch_size"):
        if number(recipe.train.get(key)) == 0:
            fix = Fix("Change to 1", (SetValue(("train", key), "1"),), preferred=True)
            yield batches_of_nothing.at("train", key, on="value", key=key, fixes=(fix,))


@rule("TN221", Severity.WARNING, "{meaning}", needs=(TRAINING_ARGUMENTS,))
def fraction_of_a_step(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The warm-up is given as a number of steps with a fraction.

    Why: from 1 on the number counts steps and its fraction is dropped; below 1 it is a share of the training.
    Releases before 5 take whole steps alone: there a share of the training is warmup_ratio.
    Library: silent.
    Flags:
        train: {warmup_steps: 1.5}
    Accepts:
        train: {warmup_steps: 0.1}
        ---
        train: {warmup_steps: 100.0}
    """
    steps, library = number(recipe.train.get("warmup_steps")), facts[TRAINING_ARGUMENTS]
    if steps is None or steps < 0 or float(steps).is_integer():
        return
    path = ("train", "warmup_steps")
    one = library.fields.get("warmup_steps")
    if steps < 1 and one is not None and one.kinds == {"int"} and "warmup_ratio" in library.fields:
        meaning = f"{library.title} takes whole steps here; a share of the training is warmup_ratio"
        fix = Fix("Change to warmup_ratio", (RenameKey(path, "warmup_ratio"),), preferred=True)
        yield fraction_of_a_step.at(*path, meaning=meaning, fixes=(fix,))
    elif steps > 1:
        whole = str(int(steps))
        meaning = f"From 1 on warmup_steps counts whole steps: {steps:g} is taken as {whole}"
        fixes = [Fix(f"Change to {whole}", (SetValue(path, whole),), preferred=True)]
        if steps < 100:
            share = f"{steps / 100:g}"
            fixes.append(Fix(f"Change to {share}: {steps:g} % of the training", (SetValue(path, share),)))
        yield fraction_of_a_step.at(*path, on="value", meaning=meaning, fixes=tuple(fixes))


TRAINING = (
    warmup_outlasts_training,
    steps_of_nothing,
    batches_of_nothing,
    fraction_of_a_step,
)
RECIPE = (run_owns_key,)
