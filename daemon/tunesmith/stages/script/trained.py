"""Rules about what a script of the user's gives its Trainer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_ARGUMENTS, SCRIPT_USE, TRAINING_ARGUMENTS
from tunesmith.facts.script_use import ScriptUse
from tunesmith.stages.script.expressions import argument
from tunesmith.stages.train.rules.written import number, word

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

VALIDATION = re.compile(r"valid|eval|dev|test")


EVALUATING = frozenset(("evaluate", "get_eval_dataloader"))
"""Where a trainer of the script's own may bring the data itself."""


def has_evaluation_data(use: ScriptUse, recipe: Recipe) -> bool | None:
    """Whether the script's trainer is given something to evaluate on; None when that is not plain."""
    if use.trainer is None or EVALUATING & use.overrides:
        return None
    text = use.given.get("eval_dataset")
    if text is None:
        return False
    # `data.get("validation")`, `data["validation"] if args.validation_file else None`
    depends = ".get(" in text or " else None" in text
    files = [key for key in (*recipe.args, *recipe.train) if VALIDATION.search(key) and key.endswith("_file")]
    return True if files or not depends else False if VALIDATION.search(text) else None


@rule(
    "TN241",
    Severity.ERROR,
    "{key} asks for an evaluation, and {script} gives its trainer nothing to evaluate on",
    needs=(SCRIPT_USE, TRAINING_ARGUMENTS),
)
def nothing_to_evaluate_on(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An evaluation is asked for, and the script's trainer gets no evaluation data.

    Why: the run ends at the first evaluation, at the latest when all of the training is done.
    Library: transformers, Trainer: ValueError, Trainer: evaluation requires an eval_dataset.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(model=m, args=a, train_dataset=d)
        eval_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script trainer = Trainer(model=m, args=a, train_dataset=d); trainer.evaluate()
        do_eval: true
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(model=m, args=a, eval_dataset=e)
        eval_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(model=m, args=a, train_dataset=d)
        do_eval: true
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script trainer = Trainer(model=m, args=a, train_dataset=d); trainer.evaluate(held_out)
        do_eval: true
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(model=m, args=a, **datasets)
        eval_strategy: epoch
        ---
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # script Trainer(m, a, collate, rows, held_out)
        eval_strategy: epoch
    """
    use, library = facts[SCRIPT_USE], facts[TRAINING_ARGUMENTS]
    if has_evaluation_data(use, recipe) is not False:
        return
    key = next((name for name in ("eval_strategy", "evaluation_strategy") if name in recipe.train), None)
    while_training = key and word(recipe.train, library, key) not in (None, "no")
    if key and while_training:
        fix = Fix('Change to "no"', (SetValue(("train", key), '"no"'),), preferred=True)
        yield nothing_to_evaluate_on.at("train", key, key=key, script=recipe.script, fixes=(fix,))
    elif recipe.train.get("do_eval") is True and use.evaluates:
        fix = Fix("Change to false", (SetValue(("train", "do_eval"), "false"),), preferred=True)
        yield nothing_to_evaluate_on.at("train", "do_eval", key="do_eval", script=recipe.script, fixes=(fix,))


@rule(
    "TN242",
    Severity.ERROR,
    "Streamed data has no length: max_steps must say how long the training is",
    needs=(SCRIPT_USE,),
)
def streaming_without_steps(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The script streams its data, and nothing says how many steps there are.

    Why: the model is loaded, then the Trainer finds that it cannot count epochs.
    Library: transformers, Trainer: ValueError, max_steps must be set to a positive value if dataloader does
    not have a length; since 5, the number of training steps cannot be inferred.
    Flags:
        # launch python train.py train.yaml
        # script load_dataset("json", streaming=True); Trainer(m)
        num_train_epochs: 3
    Accepts:
        # launch python train.py train.yaml
        # script load_dataset("json", streaming=True); Trainer(m)
        max_steps: 1000
    """
    use = facts[SCRIPT_USE]
    streams = use.streams is not None and argument(use.streams, recipe, facts.get(SCRIPT_ARGUMENTS)) is True
    steps = number(recipe.train.get("max_steps", -1))
    if streams and use.trainer and steps is not None and steps <= 0:
        key = "num_train_epochs" if "num_train_epochs" in recipe.train else "streaming"
        path: RecipePath = ("train", key) if key in recipe.train else ("args", key)
        yield streaming_without_steps.at(*path)


@rule(
    "TN244",
    Severity.ERROR,
    "The Trainer takes the columns away that {model} does not name: {columns}",
    needs=(SCRIPT_USE,),
)
def columns_are_taken_away(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Columns that the script needs are removed before its collator or its model sees them.

    Why: the Trainer keeps the columns that `forward` of the model names, unless it is told to keep all.
    Library: transformers, Trainer: ValueError, No columns in the dataset match the model's forward method
    signature; or a KeyError in the collator.
    Flags:
        # launch python train.py train.yaml
        # script def collate(rows): return [row["query"] for row in rows]
        # script Trainer(m, data_collator=collate)
        remove_unused_columns: true
    Accepts:
        # launch python train.py train.yaml
        # script def collate(rows): return [row["query"] for row in rows]
        # script Trainer(m, data_collator=collate)
        remove_unused_columns: false
        ---
        # launch python train.py train.yaml
        # script def collate(rows): return [row["input_ids"] for row in rows]
        # script Trainer(m, data_collator=collate)
        remove_unused_columns: true
    """
    use = facts[SCRIPT_USE]
    lost = bool(use.collated) and not use.collated & NAMED
    if recipe.train.get("remove_unused_columns") is False or use.trainer not in ("Trainer", "Seq2SeqTrainer"):
        return
    if lost or use.hides_inputs:
        path = ("train", "remove_unused_columns")
        fix = Fix("Keep all columns", (SetValue(path, "false"),), preferred=True)
        columns = ", ".join(sorted(use.collated)) if lost else "its forward names none"
        yield columns_are_taken_away.at(*path, model="the model", columns=columns, fixes=(fix,))


NAMED = frozenset(
    (
        "attention_mask",
        "decoder_input_ids",
        "input_features",
        "input_ids",
        "input_values",
        "inputs_embeds",
        "label",
        "label_ids",
        "labels",
        "pixel_values",
        "position_ids",
        "token_type_ids",
    )
)
"""What models of transformers call their inputs, and what the Trainer keeps anyway."""

RULES = (
    columns_are_taken_away,
    nothing_to_evaluate_on,
    streaming_without_steps,
)
