"""Rules about what is written beside a learning-rate schedule that the schedule has no use for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.keys import handed_over
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

KEY = "lr_scheduler_kwargs"
TAKEN: Mapping[str, tuple[str, ...]] = {
    "linear": (),
    "cosine": ("num_cycles",),
    "cosine_with_restarts": ("num_cycles",),
    "polynomial": ("lr_end", "power"),
    "inverse_sqrt": ("timescale",),
    "cosine_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate"),
    "cosine_warmup_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate"),
    "warmup_stable_decay": (
        "num_stable_steps",
        "num_decay_steps",
        "warmup_type",
        "decay_type",
        "min_lr_ratio",
        "num_cycles",
    ),
}
"""optimization.py, 4.37 to 5.23, all releases together; `last_epoch` goes with each of them."""


@rule(
    "TN277",
    Severity.ERROR,
    "{scheduler} takes no {key}{hint}",
    needs=(VERSIONS,),
)
def number_of_another_schedule(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """lr_scheduler_kwargs names something that the chosen schedule does not take.

    Why: the model is loaded and the data prepared; then the schedule is made. A lowest learning rate is
    lr_scheduler_type: cosine_with_min_lr with min_lr.
    Library: transformers since 4.37: TypeError, get_cosine_schedule_with_warmup() got an unexpected keyword
    argument 'eta_min', and its like.
    Flags:
        train: {lr_scheduler_type: cosine, lr_scheduler_kwargs: {eta_min: 0.000001}}
        ---
        train: {lr_scheduler_kwargs: {min_lr: 0.000001}}
        ---
        train: {lr_scheduler_type: polynomial, lr_scheduler_kwargs: {lr_ned: 0.000001}}
    Accepts:
        train: {lr_scheduler_type: cosine, lr_scheduler_kwargs: {num_cycles: 0.5}}
        ---
        train: {lr_scheduler_type: cosine_with_min_lr, lr_scheduler_kwargs: {min_lr: 0.000001}}
        ---
        train: {lr_scheduler_type: reduce_lr_on_plateau, lr_scheduler_kwargs: {factor: 0.5}}
    """
    train, use = handed_over(recipe, facts), facts.get(SCRIPT_USE)
    scheduler, given = train.get("lr_scheduler_type", "linear"), train.get(KEY)
    own = use is not None and bool({"create_scheduler", "create_optimizer_and_scheduler"} & use.overrides)
    known = isinstance(scheduler, str) and scheduler in TAKEN and isinstance(given, Mapping)
    if not known or own or "scheduler" in deepspeed_config(recipe, facts):
        return
    if before(facts[VERSIONS], "transformers", (4, 37)) is not False:
        return
    taken = (*TAKEN[scheduler], "last_epoch")
    for key in cast("Mapping[str, Any]", given):
        if key not in taken:
            near = nearest(key, taken)
            others = [name for name, words in TAKEN.items() if key in words]
            hint = f"; did you mean {near}?" if near else f"; {others[0]} does" if others else ""
            fixes = (Fix(f"Remove {key}", (RemoveKey(("train", KEY, key)),)),)
            yield number_of_another_schedule.at(
                "train", KEY, key, scheduler=scheduler, key=key, hint=hint, fixes=fixes
            )


@rule("TN278", Severity.WARNING, "lr_scheduler_type constant has no warm-up: {key} has no effect")
def constant_without_warmup(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A warm-up is asked for, and the schedule is the one that has none.

    Why: the first step is taken with the whole learning rate.
    Library: silent; transformers, get_scheduler hands the warm-up to every schedule but this one.
    Flags:
        train: {lr_scheduler_type: constant, warmup_steps: 100}
    Accepts:
        train: {lr_scheduler_type: constant_with_warmup, warmup_steps: 100}
        ---
        train: {lr_scheduler_type: constant, warmup_steps: 0}
    """
    train = recipe.train
    scheduler = config_value(deepspeed_config(recipe, facts), ("scheduler", "type"))
    if train.get("lr_scheduler_type") != "constant" or scheduler is not None:
        return
    for key in ("warmup_steps", "warmup_ratio"):
        if (number(train.get(key)) or 0) > 0:
            path = ("train", "lr_scheduler_type")
            fix = Fix("Change to constant_with_warmup", (SetValue(path, "constant_with_warmup"),), True)
            yield constant_without_warmup.at("train", key, key=key, fixes=(fix,))


RULES = (number_of_another_schedule, constant_without_warmup)
