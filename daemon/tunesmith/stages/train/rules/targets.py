"""Rules about `peft.target_modules`, held against the names of the model's weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import LORA_CONFIG, MODEL, MODEL_CLASS, MODEL_TYPES
from tunesmith.facts.weights import leaves

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

PATH = ("peft", "target_modules")
ALL = "all-linear"


@rule(
    "TN511",
    Severity.ERROR,
    "The model has no module {named}{hint}",
    needs=(LORA_CONFIG, MODEL, MODEL_CLASS),
)
def no_target_module(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """None of the modules that LoRA is to adapt is in the model. The names are those of its weights.

    Why: the adapter is not built, which shows only after the model has been loaded. A text is a pattern that
    the whole name has to match; the ends of names go into a list.
    Library: peft, inject_adapter: ValueError, Target modules {…} not found in the base model; No modules were
    targeted for adaptation.
    Flags:
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [quer]}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [q_proj, v_proj]}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: query}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: []}
    Accepts:
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [query, valu]}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: all-linear}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: ".*(query|value)"}
        ---
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [attention.self.query]}
    """
    modules, targets = facts[MODEL].modules, recipe.peft.get("target_modules")
    if not modules:
        return
    there = leaves(modules)
    if isinstance(targets, str):
        if targets != ALL and re.fullmatch(r"\w+", targets) and targets in there:
            listed = Fix(f"Change to [{targets}]", (SetValue(PATH, f"[{targets}]"),), preferred=True)
            hint = ": a text is a pattern for the whole name"
            yield no_target_module.at(*PATH, on="value", named=targets, hint=hint, fixes=(listed,))
        return
    absent = _absent(targets, there, facts)
    if absent is None or len(absent) < len(cast("list[object]", targets)):
        return
    names = [near for one in absent if (near := nearest(one, there))]
    meant = list(dict.fromkeys(names)) or _usual(facts, there)
    hint = f"; did you mean {' and '.join(meant)}?" if meant else f"; it has {', '.join(there[:12])}"
    text = f"[{', '.join(meant)}]"
    fixes = (Fix(f"Change to {text}", (SetValue(PATH, text),), preferred=True),) if meant else ()
    named = " and no ".join(absent) or "to adapt: target_modules is empty"
    yield no_target_module.at(*PATH, on="value", named=named, hint=hint if absent else "", fixes=fixes)


@rule(
    "TN512",
    Severity.WARNING,
    "The model has no module {named}{hint}",
    needs=(LORA_CONFIG, MODEL, MODEL_CLASS),
)
def target_module_missing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Some of the modules that LoRA is to adapt are not in the model. The names are those of its weights.

    Why: only the others are adapted.
    Library: silent.
    Flags:
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [query, valu]}
    Accepts:
        # model m: bert
        model: {name_or_path: ./m}
        peft: {target_modules: [query, value, classifier]}
    """
    modules, targets = facts[MODEL].modules, recipe.peft.get("target_modules")
    if not modules:
        return
    there = leaves(modules)
    absent = _absent(targets, there, facts)
    if not absent or len(absent) == len(cast("list[object]", targets)):
        return
    for index, one in enumerate(cast("list[object]", targets)):
        if one in absent:
            near = nearest(str(one), there)
            path = (*PATH, index)
            fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
            hint = f"; did you mean {near}?" if near else ""
            yield target_module_missing.at(*path, on="value", named=one, hint=hint, fixes=fixes)


@rule(
    "TN513",
    Severity.ERROR,
    "peft knows no usual target_modules for {model_type}: name them",
    needs=(LORA_CONFIG, MODEL_TYPES, MODEL_CLASS),
)
def target_modules_not_known(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Nothing says which modules LoRA is to adapt, and peft has no list for this type of model.

    Why: the adapter is not built, which shows only after the model has been loaded.
    Library: peft: ValueError, Please specify `target_modules` or `target_parameters` in `peft_config`.
    Flags:
        # model m: modernbert
        model: {name_or_path: ./m}
        peft: {r: 8}
    Accepts:
        # model m: bert
        model: {name_or_path: ./m}
        peft: {r: 8}
        ---
        # model m: modernbert
        model: {name_or_path: ./m}
        peft: {target_modules: all-linear}
    """
    known, model = facts[MODEL_TYPES].lora, facts.get(MODEL)
    model_type = model.model_type if model else None
    said = recipe.peft.get("target_modules") is not None or recipe.peft.get("target_parameters")
    if not recipe.peft or known is None or model_type is None or model_type in known or said:
        return
    fix = Fix("Adapt all linear layers", (SetValue(PATH, ALL),), preferred=True)
    yield target_modules_not_known.at("peft", model_type=model_type, fixes=(fix,))


RULES = (no_target_module, target_module_missing, target_modules_not_known)


def _absent(targets: object, there: Sequence[str], facts: Facts) -> list[str] | None:
    """The targets that are in no model of this type; None where that is not known.

    A task adds modules that have no weights yet: what the source of the model's type names may be there.
    """
    if not isinstance(targets, list):
        return None
    texts = cast("list[object]", targets)
    if not all(isinstance(one, str) for one in texts):
        return None
    attributes = facts[MODEL_CLASS].attributes
    ends = [(str(one), str(one).rpartition(".")[2]) for one in texts]
    return [one for one, end in ends if end not in there and end not in attributes]


def _usual(facts: Facts, there: Sequence[str]) -> list[str]:
    """What peft adapts in models of this type where nothing is said."""
    types, model_type = facts.get(MODEL_TYPES), facts[MODEL].model_type
    usual = (types.lora or {}).get(model_type or "", ()) if types else ()
    return [name for name in usual if name in there]
