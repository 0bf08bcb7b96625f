"""Rules about when a training evaluates, and what depends on that."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import TOTAL_STEPS, TRAINING_ARGUMENTS
from tunesmith.stages.train.rules.keys import handed_over
from tunesmith.stages.train.rules.written import number, value, word

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN214", Severity.ERROR, "load_best_model_at_end needs {need}", needs=(TRAINING_ARGUMENTS,))
def best_model_needs_matching_saves(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is to be loaded at the end, but it may not be among the checkpoints.

    Why: a model is only best at an evaluation, so a checkpoint has to be written at each evaluation that
    counts.
    Library: transformers, TrainingArguments: ValueError, --load_best_model_at_end requires the save and eval
    strategy to match; … the saving steps to be a round multiple of the evaluation steps.
    Flags:
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: steps}
        ---
        train: {load_best_model_at_end: true}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 100, save_steps: 250}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.1, save_steps: 200}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.2, save_steps: 0.5}
    Accepts:
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: epoch}
        ---
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: best}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 100, save_steps: 200}
        ---
        # renamed, which another rule says
        train: {load_best_model_at_end: true, evaluation_strategy: epoch, save_strategy: epoch}
        ---
        # eval_steps is logging_steps where it is not set
        train: {load_best_model_at_end: true, eval_strategy: steps, logging_steps: 250}
        ---
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 0.1, save_steps: 0.3}
        ---
        train: {load_best_model_at_end: false, eval_strategy: epoch}
        ---
        # Axolotl makes the strategies of the steps
        # launch axolotl train train.yaml
        # packages transformers 4.57.3
        base_model: m
        datasets: [{path: d.jsonl, type: alpaca}]
        micro_batch_size: 1
        load_best_model_at_end: true
        eval_steps: 50
        save_steps: 100
    """
    train, library = handed_over(recipe, facts), facts[TRAINING_ARGUMENTS]
    if train.get("load_best_model_at_end") is not True:
        return
    evaluation = word(train, library, "eval_strategy")
    saving = word(train, library, "save_strategy")
    if evaluation is None or saving is None or saving == "best":
        return
    at = ("train", "load_best_model_at_end")
    if evaluation != saving:
        path = ("train", "save_strategy")
        fixes = (
            ()
            if evaluation == "no"
            else (Fix(f"Save at each {evaluation}", (SetValue(path, evaluation),), True),)
        )
        need = f"eval_strategy and save_strategy to be the same, not {evaluation} and {saving}"
        yield best_model_needs_matching_saves.at(*at, need=need, fixes=fixes)
        return
    between_saves = number(value(train, library, "save_steps"))
    between = number(train.get("eval_steps")) or number(value(train, library, "logging_steps"))
    if evaluation != "steps" or between_saves is None or not between or between_saves % between == 0:
        return
    if between < 1 and between_saves < 1 and (between_saves * 1_000_000) % (between * 1_000_000) == 0:
        return
    if (between < 1) == (between_saves < 1):
        need = f"save_steps ({between_saves:g}) to be a multiple of eval_steps ({between:g})"
    else:
        need = f"save_steps ({between_saves:g}) and eval_steps ({between:g}) to be both steps or both shares"
    yield best_model_needs_matching_saves.at(*at, need=need, fixes=_whole_multiple(between, between_saves))


@rule(
    "TN216",
    Severity.ERROR,
    "lr_scheduler_type {scheduler} needs an eval_strategy",
    needs=(TRAINING_ARGUMENTS,),
)
def scheduler_needs_evaluation(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The learning rate follows the evaluations, and there are none.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, lr_scheduler_type reduce_lr_on_plateau requires an
    eval strategy.
    Flags:
        train: {lr_scheduler_type: reduce_lr_on_plateau}
    Accepts:
        train: {lr_scheduler_type: reduce_lr_on_plateau, eval_strategy: epoch}
    """
    train = handed_over(recipe, facts)
    scheduler = train.get("lr_scheduler_type")
    known = facts[TRAINING_ARGUMENTS].fields.get("lr_scheduler_type")
    evaluation = word(train, facts[TRAINING_ARGUMENTS], "eval_strategy")
    if scheduler == "reduce_lr_on_plateau" and known and scheduler in known.choices and evaluation == "no":
        fix = Fix(
            "Evaluate after each epoch", (SetValue(("train", "eval_strategy"), "epoch"),), preferred=True
        )
        yield scheduler_needs_evaluation.at(
            "train", "lr_scheduler_type", on="value", scheduler=scheduler, fixes=(fix,)
        )


@rule(
    "TN218",
    Severity.ERROR,
    "eval_strategy is {strategy}, but there is nothing to evaluate on: data has neither validation nor split",
    needs=(TRAINING_ARGUMENTS,),
)
def evaluation_without_data(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model is to be evaluated while it trains, and no rows are held back for that.

    Why: the Trainer refuses to be built.
    Library: transformers, Trainer.__init__: ValueError, You have set `args.eval_strategy` to … but you didn't
    pass an `eval_dataset` to `Trainer`.
    Flags:
        data: {train: d.csv, columns: {text: a, label: b}}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, split: {validation: 0.0, test: 0.1}}
        train: {eval_strategy: steps}
    Accepts:
        data: {train: d.csv, columns: {text: a, label: b}, split: {test: 0.1}}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}, validation: v.csv}
        train: {eval_strategy: epoch}
        ---
        data: {train: d.csv, columns: {text: a, label: b}}
        train: {eval_strategy: "no"}
    """
    data = recipe.data
    strategy = word(recipe.train, facts[TRAINING_ARGUMENTS], "eval_strategy")
    if data is None or strategy in (None, "no") or "eval_strategy" not in recipe.train:
        return
    if data.validation is None and not (data.split and data.split.validation):
        fix = Fix(
            "Hold back a tenth of the rows",
            (SetValue(("data", "split"), "{validation: 0.1}"),),
            preferred=True,
        )
        yield evaluation_without_data.at(
            "train", "eval_strategy", on="value", strategy=strategy, fixes=() if data.split else (fix,)
        )


@rule(
    "TN225",
    Severity.WARNING,
    "The first save would be at step {save}, and training ends at {total}: there is no best model to load",
    needs=(TRAINING_ARGUMENTS, TOTAL_STEPS),
)
def best_model_is_never_saved(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The best model is to be loaded at the end, and nothing is saved before the end.

    Why: a model can only be the best at a save; the run ends with the last one, without a word.
    Library: silent.
    Flags:
        train: {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 50, max_steps: 200}
    Accepts:
        train:
          {load_best_model_at_end: true, eval_strategy: steps, eval_steps: 50, save_steps: 50, max_steps: 200}
        ---
        train: {load_best_model_at_end: true, eval_strategy: epoch, save_strategy: epoch, max_steps: 200}
    """
    train, library = recipe.train, facts[TRAINING_ARGUMENTS]
    by_steps = word(train, library, "save_strategy") == "steps"
    save, total = number(value(train, library, "save_steps")), facts[TOTAL_STEPS]
    if train.get("load_best_model_at_end") is True and by_steps and save is not None and save > total:
        between = number(train.get("eval_steps")) or number(value(train, library, "logging_steps"))
        fits = between is not None and 1 <= between <= total
        path = ("train", "save_steps")
        fixes = (
            (Fix(f"Save every {between:g} steps", (SetValue(path, f"{between:g}"),), True),) if fits else ()
        )
        yield best_model_is_never_saved.at(
            "train", "load_best_model_at_end", save=f"{save:g}", total=total, fixes=fixes
        )


TRAINING = (
    best_model_needs_matching_saves,
    scheduler_needs_evaluation,
    best_model_is_never_saved,
)
RECIPE = (evaluation_without_data,)


def _whole_multiple(between: float, between_saves: float) -> tuple[Fix, ...]:
    """Save at the next evaluation after each intended save."""
    if between < 1 or between_saves < 1:
        return ()
    steps = f"{math.ceil(between_saves / between) * between:g}"
    return (Fix(f"Save every {steps} steps", (SetValue(("train", "save_steps"), steps),), preferred=True),)
