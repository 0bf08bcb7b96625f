"""Rules about when a run starts and ends by itself: the section `run:`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.duration import seconds
from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN450", Severity.ERROR, "{value} is no length of time: write it as 30s, 10m, 4h, 1h30m or 2d")
def no_length_of_time(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A length of time is not written as one.

    Why: it is not known when the run is to end, or to start again.
    Library: tunesmith, making the run: ValueError, is no length of time.
    Flags:
        run: {time_limit: four hours}
        ---
        run: {time_limit: "90"}
        ---
        run: {restart: {backoff: 0s}}
        ---
        run: {hang_after: soon}
    Accepts:
        run: {time_limit: 4h, restart: {backoff: 30s}}
        ---
        run: {on_hang: end, hang_after: 10m}
        ---
        run: {time_limit: 1h30m}
    """
    for path, text in _lengths(recipe):
        try:
            seconds(text)
        except ValueError:
            yield no_length_of_time.at(*path, on="value", value=text)


@rule("TN451", Severity.ERROR, "{key} is {least} or more, not {found}")
def too_small(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A count under `run` is smaller than can be meant.

    Why: a run takes a slot at least, and what is restarted no times has no restart.
    Library: tunesmith: a run is refused.
    Flags:
        run: {slots: 0}
        ---
        run: {restart: {attempts: 0}}
        ---
        run: {early_stopping: {patience: 0}}
    Accepts:
        run: {slots: 2, restart: {attempts: 1}, early_stopping: {patience: 1}, priority: -1}
    """
    run = recipe.run
    if run is None:
        return
    counts: list[tuple[RecipePath, int | None]] = [(("run", "slots"), run.slots)]
    if run.restart:
        counts.append((("run", "restart", "attempts"), run.restart.attempts))
    if run.early_stopping:
        counts.append((("run", "early_stopping", "patience"), run.early_stopping.patience))
    for path, count in counts:
        if count is not None and count < 1:
            fix = Fix("Change to 1", (SetValue(path, "1"),))
            yield too_small.at(*path, on="value", key=path[-1], least=1, found=count, fixes=(fix,))


@rule("TN452", Severity.WARNING, "early_stopping is not read: a script ends its training by itself")
def early_stopping_of_a_script(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Early stopping is asked for in a recipe that runs a script.

    Why: only the script knows what it evaluates and when.
    Library: silent.
    Flags:
        # file train.py: pass
        script: train.py
        run: {early_stopping: {patience: 2}}
    Accepts:
        # file train.py: pass
        script: train.py
        run: {time_limit: 2h}
        ---
        train: {eval_strategy: epoch}
        run: {early_stopping: {patience: 2}}
    """
    own = recipe.script is not None or recipe.module is not None
    if own and recipe.run is not None and recipe.run.early_stopping is not None:
        path = ("run", "early_stopping")
        fix = Fix("Remove early_stopping", (RemoveKey(path),), preferred=True)
        yield early_stopping_of_a_script.at(*path, fixes=(fix,))


@rule("TN453", Severity.ERROR, "early_stopping looks at evaluations, and none are made")
def early_stopping_without_evaluations(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Early stopping is asked for, and the training is never evaluated.

    Why: nothing says whether the model still gets better.
    Library: transformers: AssertionError, EarlyStoppingCallback requires IntervalStrategy of steps or epoch.
    Flags:
        run: {early_stopping: {patience: 2}}
        ---
        train: {eval_strategy: "no"}
        run: {early_stopping: {patience: 2}}
    Accepts:
        train: {eval_strategy: epoch}
        run: {early_stopping: {patience: 2}}
        ---
        train: {do_eval: true, eval_strategy: steps, eval_steps: 10}
        run: {early_stopping: {patience: 2}}
    """
    own = recipe.script is not None or recipe.module is not None
    asked = recipe.run is not None and recipe.run.early_stopping is not None
    if asked and not own and str(recipe.train.get("eval_strategy", "no")) == "no":
        fix = Fix("Evaluate after every epoch", (SetValue(("train", "eval_strategy"), "epoch"),))
        path = ("run", "early_stopping")
        yield early_stopping_without_evaluations.at(*path, fixes=(fix,))


def _lengths(recipe: Recipe) -> Iterable[tuple[RecipePath, str]]:
    """Those that are written, with their places."""
    run = recipe.run
    if run is None:
        return
    if run.time_limit is not None:
        yield ("run", "time_limit"), run.time_limit
    if run.hang_after is not None:
        yield ("run", "hang_after"), run.hang_after
    if run.restart is not None:
        yield ("run", "restart", "backoff"), run.restart.backoff


RULES = (
    no_length_of_time,
    too_small,
    early_stopping_of_a_script,
    early_stopping_without_evaluations,
)
