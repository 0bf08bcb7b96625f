"""The rule about the version of the recipe language."""

from __future__ import annotations

from collections.abc import Iterable

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
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


RULES = (unknown_format,)
