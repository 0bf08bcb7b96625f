"""Rules about the training interpreter: whether anything could be trained with it at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.fitness import Need, unequipped, unfit
from tunesmith.facts.names import INTERPRETER, MISSING, VERSIONS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN901", Severity.ERROR, "{trouble}", needs=(INTERPRETER, VERSIONS, MISSING))
def interpreter_cannot_train(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training interpreter is too old, or lacks a package that the run imports.

    Why: the run would end while it starts, after the wait for its processes.
    Library: Python: ModuleNotFoundError or ImportError in the first seconds of the run. The ranges are those
    that Tunesmith is tested with: Python 3.10, torch 2.4, transformers 4.46 or newer.
    Flags:
        # installed torch 2.3.1, accelerate 1.0.0, transformers 4.46.0, datasets 3.0.0
        task: text-classification
        ---
        # installed accelerate 1.0.0
        script: train.py
        ---
        # installed torch 2.4.0, accelerate 1.0.0, transformers 4.46.0, datasets 3.0.0
        task: text-classification
        peft: {peft_type: LORA}
    Accepts:
        # installed torch 2.4.0, accelerate 1.0.0, transformers 4.46.0, datasets 3.0.0
        task: text-classification
        ---
        # installed torch 2.4.0, accelerate 1.0.0
        script: train.py
    """
    interpreter = facts[INTERPRETER]
    trouble = unfit(interpreter) or unequipped(interpreter, facts[VERSIONS], facts[MISSING], needs(recipe))
    if trouble:
        runs = {"task": recipe.task, "script": recipe.script, "module": recipe.module}
        path = tuple(key for key, value in runs.items() if value is not None)[:1]
        yield interpreter_cannot_train.at(*path, trouble=trouble)


def needs(recipe: Recipe) -> frozenset[Need]:
    """Whose requirements a run of the recipe has."""
    if recipe.script is not None or recipe.module is not None:
        return frozenset(("all",))
    adapters: frozenset[Need] = frozenset(("peft",) if recipe.peft else ())
    return frozenset[Need](("all", "built-in")) | adapters


RULES = (interpreter_cannot_train,)
CODES = frozenset(one.code for one in RULES)
