"""Rules about schedules that the Trainer refuses, and about what comes after the end of a training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import TOTAL_STEPS, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.written import number, value, word

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

LESS = ("loss", "perplexity", "ppl", "wer", "cer", "mse", "rmse", "mae", "mape", "nll", "bpc", "error_rate")
MORE = (
    "accuracy",
    "f1",
    "precision",
    "recall",
    "bleu",
    "rouge1",
    "rouge2",
    "rougeL",
    "auc",
    "roc_auc",
    "mcc",
)
NEEDED = {
    "cosine_with_min_lr": (("min_lr", "min_lr_rate"), (4, 40)),
    "cosine_warmup_with_min_lr": (("min_lr", "min_lr_rate"), (4, 54)),
    "warmup_stable_decay": (("num_decay_steps",), (4, 41)),
}
"""By schedule: one of these must stand in lr_scheduler_kwargs, and the release that brought it."""


@rule(
    "TN227",
    Severity.WARNING,
    "The first evaluation would be at step {steps}, and the training ends at {total}",
    needs=(TOTAL_STEPS, TRAINING_ARGUMENTS),
)
def evaluation_after_the_end(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Evaluations are asked for, and the first one comes after the end.

    Why: nothing is evaluated while it trains, and nothing says so; newer releases evaluate once at the end.
    Library: silent.
    Flags:
        train: {eval_strategy: steps, eval_steps: 500, max_steps: 100}
    Accepts:
        train: {eval_strategy: steps, eval_steps: 50, max_steps: 100}
        ---
        train: {eval_strategy: epoch, eval_steps: 500, max_steps: 100}
    """
    library, total = facts[TRAINING_ARGUMENTS], facts[TOTAL_STEPS]
    steps = number(recipe.train.get("eval_steps"))
    by_steps = word(recipe.train, library, "eval_strategy") == "steps"
    if by_steps and steps is not None and steps > total:
        tenth = str(max(total // 10, 1))
        fix = Fix(f"Evaluate every {tenth} steps", (SetValue(("train", "eval_steps"), tenth),), True)
        yield evaluation_after_the_end.at(
            "train", "eval_steps", on="value", steps=int(steps), total=total, fixes=(fix,)
        )


@rule("TN228", Severity.ERROR, "warmup_ratio is a share of the training, from 0 to 1, not {ratio}")
def warmup_is_no_share(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The share of the training that the warm-up takes is less than nothing, or more than all of it.

    Why: the Trainer is not even built; the run ends when its arguments are read. Steps are warmup_steps.
    Library: transformers, TrainingArguments: ValueError, warmup_ratio must lie in range [0,1].
    Flags:
        train: {warmup_ratio: 100}
        ---
        train: {warmup_ratio: -0.1}
    Accepts:
        train: {warmup_ratio: 0.1}
    """
    ratio = number(recipe.train.get("warmup_ratio"))
    if ratio is not None and not 0 <= ratio <= 1:
        yield warmup_is_no_share.at("train", "warmup_ratio", on="value", ratio=f"{ratio:g}")


@rule(
    "TN229",
    Severity.ERROR,
    "{key} is {steps:g}: from 1 on steps are whole numbers",
    needs=(TRAINING_ARGUMENTS, VERSIONS),
)
def steps_with_a_fraction(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Steps between logs, evaluations or saves are given with a fraction.

    Why: below 1 a number is a share of the training, from 1 on it counts steps, and there is no half of one.
    Library: transformers since 4.29, TrainingArguments: ValueError, --save_steps must be an integer if bigger
    than 1.
    Flags:
        train: {save_steps: 12.5}
    Accepts:
        train: {save_steps: 0.5}
        ---
        train: {save_steps: 100.0}
        ---
        train: {save_strategy: epoch, save_steps: 12.5}
    """
    if before(facts[VERSIONS], "transformers", (4, 29)) is not False:
        return
    for key in ("logging", "eval", "save"):
        steps = number(recipe.train.get(f"{key}_steps"))
        counts = word(recipe.train, facts[TRAINING_ARGUMENTS], f"{key}_strategy") == "steps"
        if counts and steps is not None and steps > 1 and not float(steps).is_integer():
            path = ("train", f"{key}_steps")
            fix = Fix(f"Change to {round(steps)}", (SetValue(path, str(round(steps))),), preferred=True)
            yield steps_with_a_fraction.at(*path, on="value", key=path[1], steps=steps, fixes=(fix,))


@rule(
    "TN264",
    Severity.ERROR,
    "{scheduler} needs lr_scheduler_kwargs with {needed}",
    needs=(TRAINING_ARGUMENTS, VERSIONS),
)
def scheduler_lacks_a_number(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A schedule is chosen, and a number that it cannot do without is not given.

    Why: the model is loaded and the data prepared; then the schedule is made.
    Library: transformers since 4.40: ValueError, One of min_lr or min_lr_rate should be set through the
    `lr_scheduler_kwargs`; or TypeError, get_wsd_schedule() missing a required argument.
    Flags:
        train: {lr_scheduler_type: cosine_with_min_lr}
        ---
        train: {lr_scheduler_type: warmup_stable_decay, lr_scheduler_kwargs: {min_lr_ratio: 0.1}}
    Accepts:
        train: {lr_scheduler_type: cosine_with_min_lr, lr_scheduler_kwargs: {min_lr_rate: 0.1}}
        ---
        train: {lr_scheduler_type: cosine}
    """
    scheduler, given = recipe.train.get("lr_scheduler_type"), recipe.train.get("lr_scheduler_kwargs")
    if not isinstance(scheduler, str) or scheduler not in NEEDED:
        return
    needed, since = NEEDED[scheduler]
    # A text may be JSON, which newer releases read.
    known = given is None or isinstance(given, Mapping)
    absent = known and not any(key in cast("Mapping[str, Any]", given or {}) for key in needed)
    if absent and before(facts[VERSIONS], "transformers", since) is False:
        yield scheduler_lacks_a_number.at(
            "train", "lr_scheduler_type", on="value", scheduler=scheduler, needed=" or ".join(needed)
        )


@rule(
    "TN265",
    Severity.ERROR,
    "dataloader_prefetch_factor needs dataloader_num_workers of 1 or more",
    needs=(VERSIONS,),
)
def prefetch_without_workers(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Batches are to be loaded ahead, and no process of their own loads them.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, --dataloader_prefetch_factor can only be set when
    data
    is loaded in a different process, i.e. when --dataloader_num_workers > 1.
    Flags:
        train: {dataloader_prefetch_factor: 2}
    Accepts:
        train: {dataloader_prefetch_factor: 2, dataloader_num_workers: 2}
    """
    factor, workers = (
        recipe.train.get("dataloader_prefetch_factor"),
        recipe.train.get("dataloader_num_workers", 0),
    )
    refuses = before(facts[VERSIONS], "transformers", (4, 38)) is False
    if number(factor) is not None and workers == 0 and not isinstance(workers, bool) and refuses:
        fix = Fix("Remove it", (RemoveKey(("train", "dataloader_prefetch_factor")),), preferred=True)
        yield prefetch_without_workers.at("train", "dataloader_prefetch_factor", fixes=(fix,))


@rule(
    "TN266",
    Severity.WARNING,
    "Of {metric} {better} is better, and greater_is_better {said}: the worst model counts as the best",
    needs=(TRAINING_ARGUMENTS,),
)
def worst_model_is_the_best(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The metric by which the best model is found is read the wrong way round.

    Why: where greater_is_better is not written, more counts as better of every metric but a loss.
    Library: silent.
    Flags:
        train:
          load_best_model_at_end: true
          eval_strategy: epoch
          save_strategy: epoch
          metric_for_best_model: wer
        ---
        train:
          load_best_model_at_end: true
          eval_strategy: epoch
          save_strategy: epoch
          metric_for_best_model: accuracy
          greater_is_better: false
    Accepts:
        train:
          load_best_model_at_end: true
          eval_strategy: epoch
          save_strategy: epoch
          metric_for_best_model: wer
          greater_is_better: false
        ---
        train:
          load_best_model_at_end: true
          eval_strategy: epoch
          save_strategy: epoch
          metric_for_best_model: f1
    """
    train = recipe.train
    metric, greater = train.get("metric_for_best_model"), train.get("greater_is_better")
    counts = (
        train.get("load_best_model_at_end") is True
        or value(train, facts[TRAINING_ARGUMENTS], "save_strategy") == "best"
    )
    if not isinstance(metric, str) or not counts:
        return
    name = metric.removeprefix("eval_")
    inverted = name in LESS and (greater is True or (greater is None and not name.endswith("loss")))
    if inverted or (name in MORE and greater is False):
        better, wanted = ("less", "false") if inverted else ("more", "true")
        said = "is not written" if greater is None else f"is {str(greater).lower()}"
        path = ("train", "greater_is_better")
        fix = Fix(f"Set greater_is_better: {wanted}", (SetValue(path, wanted),), preferred=True)
        at = path if greater is not None else ("train", "metric_for_best_model")
        yield worst_model_is_the_best.at(
            *at, on="value", metric=metric, better=better, said=said, fixes=(fix,)
        )


RULES = (
    evaluation_after_the_end,
    warmup_is_no_share,
    steps_with_a_fraction,
    scheduler_lacks_a_number,
    prefetch_without_workers,
    worst_model_is_the_best,
)
