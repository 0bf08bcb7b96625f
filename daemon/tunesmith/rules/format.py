"""Rules about what the recipe says of itself: the version of its language, and where it will train."""

from __future__ import annotations

from collections.abc import Iterable

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import TARGET_FILE
from tunesmith.stages.recipe import FORMAT, Recipe


@rule("TN015", Severity.ERROR, "Format {found} is not one that this version of Tunesmith reads: {known}")
def unknown_format(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The recipe is written for another version of the recipe language.

    Why: what its keys mean is not known here. Update Tunesmith to read it.
    Library: tunesmith: a run is refused.
    Flags:
        format: 2
        ---
        format: 0
    Accepts:
        format: 1
    """
    if recipe.format != FORMAT:
        fix = Fix(f"Change to {FORMAT}", (SetValue(("format",), str(FORMAT)),))
        yield unknown_format.at("format", on="value", found=recipe.format, known=FORMAT, fixes=(fix,))


@rule("TN016", Severity.WARNING, "{file} is no target profile: {problem}", needs=(TARGET_FILE,))
def target_unreadable(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The profile of the machine that the recipe will train on is not there, or is none.

    Why: nothing is known then of that machine, and the rules about packages, GPUs and memory wait for it.
    Library: silent.
    Flags:
        target: missing.json
        ---
        # file a100.json: {"gpus": 4}
        target: a100.json
    Accepts:
        # file a100.json: {"gpus": [{"name": "A100", "count": 4}]}
        target: a100.json
        ---
        task: text-classification
    """
    found = facts[TARGET_FILE]
    if found is not None and found.target is None:
        yield target_unreadable.at("target", on="value", file=recipe.target, problem=found.problem)


RULES = (unknown_format, target_unreadable)
