"""A rule about words that Axolotl does not have: optimizers, schedules, kinds of preference training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.history import history
from tunesmith.facts.names import DIALECT, VERSIONS
from tunesmith.stages.train.rules.axolotl import AXOLOTL
from tunesmith.stages.train.rules.axolotl_keys import INPUT

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

PLACES: Mapping[str, RecipePath] = {
    "lr_scheduler": ("train", "lr_scheduler_type"),
    "optimizer": ("args", "optimizer"),
    "rl": ("args", "rl"),
}
OF_THE_TRAINER: Mapping[str, tuple[str, str]] = {
    "lr_scheduler": ("SchedulerType", "lr_scheduler_type"),
    "optimizer": ("OptimizerNames", "optim"),
}
"""Where its own words are added to those of a class of transformers, and whose choices those are."""


@rule("TN719", Severity.ERROR, "{word} is not a word for {key} in Axolotl{hint}", needs=(DIALECT, VERSIONS))
def word_that_axolotl_lacks(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An optimizer, a schedule or a kind of preference training is named that Axolotl does not have.

    Why: the file is refused before anything is loaded. Later releases take any text and miss it later.
    Library: axolotl: ValidationError, optimizer: Input should be 'adamw_torch', …
    Flags:
        # launch axolotl train train.yaml
        # packages axolotl 0.9.2
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d, type: alpaca}]
        optimizer: adamw_bnb8bit
        ---
        # launch axolotl train train.yaml
        # packages axolotl 0.9.2
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d, type: alpaca}]
        rl: dpo_zephyr
    Accepts:
        # launch axolotl train train.yaml
        # packages axolotl 0.9.2
        base_model: m
        micro_batch_size: 1
        datasets: [{path: d, type: alpaca}]
        optimizer: adamw_bnb_8bit
        lr_scheduler: rex
        rl: orpo
    """
    record = history(INPUT)
    version = facts[VERSIONS].get("axolotl", "")
    library = record.at(version) if record is not None else None
    if facts[DIALECT] != AXOLOTL or library is None:
        return
    for key, path in PLACES.items():
        one = library.fields.get(key)
        word = {"args": recipe.args, "train": recipe.train}[str(path[0])].get(str(path[1]))
        if one is None or not one.choices or one.type.startswith("str") or not isinstance(word, str):
            continue
        named, argument = OF_THE_TRAINER.get(key, ("", ""))
        choices = (*one.choices, *(_ever(argument) if named and named in one.type else ()))
        if word not in choices:
            near = nearest(word, choices)
            hint = f"; did you mean {near}?" if near else ""
            fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
            yield word_that_axolotl_lacks.at(*path, on="value", word=word, key=key, hint=hint, fixes=fixes)


def _ever(argument: str) -> tuple[str, ...]:
    """The choices of an argument of the Trainer at any release."""
    record = history("transformers:TrainingArguments")
    spells = record.spells.get(argument, ()) if record is not None else ()
    return tuple(dict.fromkeys(word for _, one in spells if one is not None for word in one.choices))


RULES = (word_that_axolotl_lacks,)
